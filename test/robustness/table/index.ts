import type { Subject } from '../subject';
import { evaluation } from './evaluation';
import { training } from './training';
import { transforms } from './transforms';

/** Every public function and layer of the main entry. */
export const table: readonly Subject[] = [...transforms, ...training, ...evaluation];

/** Public names that take nothing of a user, or are the class that a function of the table makes. */
export const withoutInput: readonly string[] = [
  ...['ArgumentError', 'corruptionKinds', 'corruptionSeverities', 'linearProbeRecipes'],
  ...['BatchNormalization', 'ContrastiveDataset', 'LearningRateScheduler', 'MemoryQueue', 'MetricHistory'],
  ...['MomentumEncoder', 'SGD'],
];
