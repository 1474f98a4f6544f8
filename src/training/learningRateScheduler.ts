import type * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { ArgumentError, checkChoice, checkNames, checkNumber, describe } from '../support/errors';
import type { Schedule } from './schedules';
import { optimizerOf } from './training';

/** Options of `learningRateScheduler`. */
export interface LearningRateSchedulerArgs {
  /** Whether the schedule's time is counted in epochs or in optimizer steps. @default 'epoch' */
  by?: 'epoch' | 'step';
}

/** See `learningRateScheduler`. */
export class LearningRateScheduler extends tfl.Callback {
  private readonly by: 'epoch' | 'step';

  constructor(
    private readonly schedule: Schedule,
    args: LearningRateSchedulerArgs = {},
  ) {
    super();
    if (typeof schedule !== 'function')
      throw new ArgumentError('the schedule', 'a function of time', describe(schedule));
    checkNames('learningRateScheduler()', args, ['by']);
    this.by = checkChoice('by', args.by ?? 'epoch', ['epoch', 'step']);
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    if (this.by === 'epoch') this.apply(epoch);
  }

  override async onBatchBegin(): Promise<void> {
    // The optimizer's own count is saved with it, so a schedule by step goes on where it stopped.
    if (this.by === 'step') this.apply(optimizerOf(this.model).iterations);
  }

  private apply(time: number): void {
    setLearningRate(optimizerOf(this.model), this.schedule(time));
  }
}

/**
 * A callback for `fit` and `fitDataset` that sets the optimizer's learning rate to `schedule(t)` before epoch or step t.
 *
 * It reads nothing from the device. In a loop of one's own, call `setLearningRate(optimizer, schedule(step))`.
 */
export function learningRateScheduler(schedule: Schedule, args: LearningRateSchedulerArgs = {}): LearningRateScheduler {
  return new LearningRateScheduler(schedule, args);
}

/** Sets the learning rate of any tfjs optimizer, some of which ignore the property and others have no setter. */
export function setLearningRate(optimizer: tf.Optimizer, learningRate: number): void {
  checkNumber('learningRate', learningRate, { min: 0 });
  if (typeof optimizer?.applyGradients !== 'function')
    throw new ArgumentError('the optimizer', 'a tf.Optimizer', describe(optimizer));
  const settable = optimizer as unknown as { learningRate: number; setLearningRate?(learningRate: number): void };
  if (settable.setLearningRate) settable.setLearningRate(learningRate);
  settable.learningRate = learningRate;
}
