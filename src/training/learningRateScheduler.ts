import { Scheduler, type SchedulerArgs } from './scheduler';
import type { Schedule } from './schedules';
import { setLearningRate } from './setLearningRate';

/** Sets the optimizer's learning rate by a schedule; made by `learningRateScheduler`. */
export class LearningRateScheduler extends Scheduler {
  constructor(schedule: Schedule, args?: SchedulerArgs) {
    super('learningRateScheduler', schedule, args);
  }

  protected override apply(learningRate: number): void {
    setLearningRate(this.optimizer, learningRate);
  }
}

/**
 * Returns a callback for `fit` and `fitDataset` that sets the optimizer's learning rate to `schedule(t)` before step or
 * epoch t.
 *
 * It reads nothing from the device. In a custom loop call `setLearningRate(optimizer, schedule(step))`.
 *
 * @throws ArgumentError for a schedule that is not a function and for bad options; in training, for a negative rate.
 */
export function learningRateScheduler(schedule: Schedule, args?: SchedulerArgs): LearningRateScheduler {
  return new LearningRateScheduler(schedule, args);
}
