/** What can ruin a training. */
export type AlarmKind = 'loss' | 'gradient' | 'embeddings' | 'collapse';

const cures: Record<AlarmKind, string> = {
  loss: 'Try a lower learning rate, a warm-up or clipNorm, and look for NaN in the images.',
  gradient: 'Try a lower learning rate, a warm-up or clipNorm.',
  embeddings: 'Try a lower learning rate, a warm-up or clipNorm, and look for NaN in the images.',
  collapse: 'Try a lower alpha, clipNorm, a warm-up, a lower learning rate or a higher momentum.',
};

/** What to change if the embeddings of a model without batch normalization collapse. */
export const normalizeCure =
  'The model has no batch normalization: let contrastiveModel() normalize the output, or end the encoder with batchNormalization({ center: false, scale: false }).';

/** Ends a training that has gone wrong; says where to restart and what to change. */
export class TrainingAlarm extends Error {
  /** Name of the class. */
  override readonly name = 'TrainingAlarm';

  constructor(
    /** What has gone wrong. */
    readonly kind: AlarmKind,
    /** What was measured, in words. */
    readonly finding: string,
    /** Steps of the optimizer so far. */
    readonly step: number,
    /** The optimizer's learning rate at that step. */
    readonly learningRate: number,
    /** The newest checkpoint, saved before the fault. */
    readonly checkpoint?: string,
    /** What to change. */
    readonly cure: string = cures[kind],
  ) {
    const saved = checkpoint === undefined ? 'nothing is saved' : `the last good checkpoint is ${checkpoint}`;
    super(`${finding} at step ${step}, learning rate ${learningRate}; ${saved}. ${cure}`);
  }
}
