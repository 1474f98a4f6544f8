/** What goes wrong in a training. */
export type AlarmKind = 'loss' | 'collapse' | 'gradient';

/** A training that is not worth going on with as it is, with what one needs to go back and change. */
export class TrainingAlarm extends Error {
  override readonly name = 'TrainingAlarm';

  constructor(
    readonly kind: AlarmKind,
    /** What was measured, in words. */
    readonly finding: string,
    /** Steps of the optimizer so far. */
    readonly step: number,
    readonly learningRate: number,
    /** The newest checkpoint, saved while all was well. */
    readonly checkpoint?: string,
  ) {
    const saved = checkpoint === undefined ? 'nothing is saved' : `the last good checkpoint is ${checkpoint}`;
    super(`${finding} at step ${step}, learning rate ${learningRate}; ${saved}.`);
  }
}
