import type { Subject } from '../subject';
import { selfPrediction } from './byol';
import { callbacks } from './callbacks';
import { evaluation } from './evaluation';
import { training } from './training';
import { transforms } from './transforms';

/** Every public function and layer of the main entry. */
export const table: readonly Subject[] = [...transforms, ...training, ...selfPrediction, ...evaluation, ...callbacks];

/** Public names that take nothing of a user, or are the class that a function of the table makes. */
export const withoutInput: readonly string[] = [
  ...['ArgumentError', 'corruptionKinds', 'corruptionSeverities', 'linearProbeRecipes'],
  ...['BatchNormalization', 'ContrastiveDataset', 'LearningRateScheduler', 'MemoryQueue', 'MetricHistory'],
  ...['MomentumEncoder', 'SGD', 'Byol', 'MomentumScheduler', 'SimilarityStatisticsCallback'],
];

/** Public names that tests of their own try with bad input: what they take is made by a whole training run. */
export const triedElsewhere: readonly string[] = [
  ...['TrainingAlarm', 'TrainingAlarms', 'trainingArtifacts', 'restoreTraining'],
];
