import { Byol } from '../layers/byol';
import { MomentumEncoder } from '../layers/momentumEncoder';
import { checkNumber } from '../support/checks';
import { ArgumentError, describe } from '../support/errors';
import { Scheduler, type SchedulerArgs } from './scheduler';
import type { Schedule } from './schedules';

/** Sets the momentum of `momentumEncoder` and `byol` layers by a schedule; made by `momentumScheduler`. */
export class MomentumScheduler extends Scheduler {
  constructor(schedule: Schedule, args?: SchedulerArgs) {
    super('momentumScheduler', schedule, args);
  }

  protected override apply(value: number): void {
    const momentum = checkNumber('schedule (its momentum)', value, { min: 0, max: 1 });
    const names = this.trainedModel.layers.map((layer) => layer.getClassName());
    // By name: the layer may come from another copy of this package.
    const layers = this.trainedModel.layers.filter((_, i) =>
      [MomentumEncoder.className, Byol.className].includes(names[i] as typeof Byol.className),
    ) as (MomentumEncoder | Byol)[];
    if (layers.length === 0)
      throw new ArgumentError('the model of momentumScheduler()', 'a momentumEncoder or byol layer', describe(names));
    for (const layer of layers) layer.momentum = momentum;
  }
}

/**
 * Returns a callback for `fit` and `fitDataset` that sets the momentum of the model's `momentumEncoder` and `byol`
 * layers to `schedule(t)` before step or epoch t.
 *
 * It reads nothing from the device. A model is saved with its momentum at that moment. After loading, a schedule by
 * epoch continues at `initialEpoch`, and one by step at the optimizer's count, which `checkpoint` and
 * `trainingArtifacts` keep. (`model.save` with `includeOptimizer` keeps it too, but tfjs cannot load such a model
 * compiled with metrics that are functions, such as `contrastiveAccuracy`.) In a custom loop write `layer.momentum =
 * schedule(step)`.
 *
 * @throws ArgumentError for a schedule that is not a function and for bad options; in training, for a momentum outside
 * 0 … 1 and for a model without such a layer.
 */
export function momentumScheduler(schedule: Schedule, args?: SchedulerArgs): MomentumScheduler {
  return new MomentumScheduler(schedule, args);
}
