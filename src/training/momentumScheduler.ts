import * as tfl from '@tensorflow/tfjs-layers';
import { Byol } from '../layers/byol';
import { MomentumEncoder } from '../layers/momentumEncoder';
import { ArgumentError, checkChoice, checkFunction, checkNames, checkNumber, describe } from '../support/errors';
import type { Schedule } from './schedules';

/** Options of `momentumScheduler`. */
export interface MomentumSchedulerArgs {
  /** The momentum, 0 … 1, as a function of time, such as `cosineRise`. */
  schedule: Schedule;
  /** Whether the schedule's time is counted in epochs or in optimizer steps. @default 'step' */
  by?: 'epoch' | 'step';
}

/** See `momentumScheduler`. */
export class MomentumScheduler extends tfl.Callback {
  private readonly schedule: Schedule;
  private readonly by: 'epoch' | 'step';

  constructor(args: MomentumSchedulerArgs) {
    super();
    checkNames('momentumScheduler()', args, ['schedule', 'by']);
    this.schedule = checkFunction('schedule', args.schedule);
    this.by = checkChoice('by', args.by ?? 'step', ['epoch', 'step']);
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    if (this.by === 'epoch') this.apply(epoch);
  }

  override async onBatchBegin(): Promise<void> {
    // The optimizer's own count is saved with it, so a schedule by step goes on where it stopped.
    if (this.by === 'step') this.apply((this.model.optimizer as { iterations: number }).iterations);
  }

  private apply(time: number): void {
    const momentum = checkNumber('schedule (its momentum)', this.schedule(time), { min: 0, max: 1 });
    const layers = this.model.layers.filter((layer) => layer instanceof MomentumEncoder || layer instanceof Byol);
    if (layers.length === 0)
      throw new ArgumentError(
        'the model of momentumScheduler()',
        'a momentumEncoder or byol layer',
        describe(this.model.layers.map((layer) => layer.getClassName())),
      );
    for (const layer of layers) layer.momentum = momentum;
  }
}

/**
 * A callback for `fit` and `fitDataset` that sets the momentum of the model's `momentumEncoder` and `byol` layers to
 * `schedule(t)` before epoch or step t.
 *
 * A model is saved with the momentum of that moment. After loading, a schedule by epoch goes on at `initialEpoch`, one by
 * step at the count of the optimizer, if it was saved too (`includeOptimizer: true`). It reads nothing from the device.
 * In a loop of one's own, write `layer.momentum = schedule(step)`.
 *
 * @throws ArgumentError for options that are not as described; in training, for a momentum outside 0 … 1 and a model
 * without such a layer.
 */
export function momentumScheduler(args: MomentumSchedulerArgs): MomentumScheduler {
  return new MomentumScheduler(args);
}
