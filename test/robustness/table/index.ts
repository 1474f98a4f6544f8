import type { Subject } from '../subject';
import { selfPrediction } from './byol';
import { callbacks } from './callbacks';
import { evaluation } from './evaluation';
import { node } from './node';
import { states } from './states';
import { training } from './training';
import { transforms } from './transforms';

/** Every public function and layer. */
export const table: readonly Subject[] = [
  ...transforms,
  ...training,
  ...selfPrediction,
  ...evaluation,
  ...callbacks,
  ...states,
  ...node,
];

/** Public names that take nothing of a user, or are the class that a function of the table makes or throws. */
export const withoutInput: readonly string[] = [
  ...['ArgumentError', 'corruptionKinds', 'corruptionSeverities', 'linearProbeRecipes'],
  ...['BatchNormalization', 'ContrastiveDataset', 'LearningRateScheduler', 'MemoryQueue', 'MetricHistory'],
  ...[
    'MomentumEncoder',
    'SGD',
    'Byol',
    'registerLayers',
    'BatchSimilarities',
    'ContrastiveLayer',
    'MomentumScheduler',
    'SimilarityStatistics',
  ],
  ...['TrainingAlarm', 'TrainingAlarms'],
  // Of /node: classes, what the command lists, and the backend that these tests run on.
  ...['Checkpoint', 'FileError', 'PackageError', 'latestCheckpoint', 'chooseBackend'],
];
