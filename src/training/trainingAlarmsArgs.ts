import type * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { choice, func, integer, number, optional } from '../support/options';
import { trainingOptions } from './training';
import type { TrainingAlarm } from './trainingAlarm';

/** What `trainingAlarms` looks at, and what an alarm does. */
export interface TrainingAlarmsArgs {
  /** Steps from one look to the next; each look reads three numbers from the device. @default 10 */
  every?: number;
  /** Whether an alarm ends the training by an error, or only warns. @default 'stop' */
  action?: 'stop' | 'warn';
  /** Receives each alarm before anything else happens. @default console.warn if the action is to warn */
  onAlarm?: (alarm: TrainingAlarm) => void;
  /**
   * Smallest `embeddingStd` allowed, a share, 0 … 1, of the 1/√D of an even spread; 0 never looks. @default 0.05
   */
  minSpread?: number;
  /**
   * Makes embeddings `[N, D]` to look at, which are disposed afterwards. @default the newest keys of the model's
   * `memoryQueue`
   */
  embeddings?: () => tf.Tensor2D;
  /** Largest gradient norm allowed, as a multiple of the median of the last 20 looks; 0 never looks. @default 100 */
  maxGradientGrowth?: number;
  /** Returns the newest checkpoint's path, such as `() => saver.latest`. */
  lastCheckpoint?: () => string | undefined;
  /** The model in a custom loop. @default the model of `fit` */
  model?: tfl.LayersModel;
  /** The optimizer in a custom loop. @default the model's own */
  optimizer?: tf.Optimizer;
}

export const trainingAlarmsOptions = {
  every: integer({ min: 1, default: 10 }),
  action: choice<'stop' | 'warn'>(['stop', 'warn'], { default: 'stop' }),
  onAlarm: optional(func<(alarm: TrainingAlarm) => void>()),
  minSpread: number({ min: 0, max: 1, default: 0.05 }),
  embeddings: optional(func<() => tf.Tensor2D>()),
  maxGradientGrowth: number({ min: 0, default: 100 }),
  lastCheckpoint: optional(func<() => string | undefined>()),
  model: optional(trainingOptions.model),
  optimizer: trainingOptions.optimizer,
};
