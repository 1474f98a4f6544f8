import { custom, func, integer, optional } from '../../support/options';
import { type Training, trainingOptions } from '../../training/training';
import type { TrainingPosition } from '../../training/trainingPosition';
import { checkFolderPath } from '../files/checkFolderPath';

/** What is saved, where and how often. */
export interface CheckpointArgs extends Training {
  /** Folder of one run's checkpoints, created if it does not exist. */
  dir: string;
  /** Steps of the optimizer from one checkpoint to the next; one more is saved when the training ends. @default 100 */
  every?: number;
  /** Number of checkpoints that stay. @default 3 */
  keep?: number;
  /** Returns more to save, anything that JSON can hold; `resume()` returns it. */
  extra?: () => unknown;
  /** Receives a message for each damaged checkpoint, and where nothing is left to train. @default console.warn */
  warn?: (message: string) => void;
}

export const checkpointOptions = {
  dir: custom((name, value) => checkFolderPath(`option ${name}`, value as string)),
  every: integer({ min: 1, default: 100 }),
  keep: integer({ min: 1, default: 3 }),
  extra: optional(func<() => unknown>()),
  warn: func<(message: string) => void>({ default: (message) => console.warn(message) }),
  ...trainingOptions,
};

/** Where a training continues: epoch 0, batch 0, step 0 if nothing is saved. */
export interface ResumePoint extends TrainingPosition {
  /** Steps of the optimizer so far. */
  step: number;
  /** Path of the checkpoint, if there is one. */
  path?: string;
}
