export {
  ContrastiveDataset,
  type ContrastiveDatasetArgs,
  contrastiveDataset,
  type ImageSource,
  type LabelledImage,
} from './data/contrastiveDataset';
export { type ConvEncoderArgs, convEncoder } from './encoders/convEncoder';
export { type ProjectionHeadArgs, projectionHead } from './encoders/projectionHead';
export { type ResidualEncoderArgs, residualEncoder } from './encoders/residualEncoder';
export { type ResNetArgs, resNet18, resNet50 } from './encoders/resNet';
export { type ExtractFeaturesOptions, extractFeatures, type Features } from './evaluation/extractFeatures';
export { type KnnOptions, type KnnResult, knn } from './evaluation/knn';
export { type RecallOptions, type RecallResult, recall } from './evaluation/recall';
export { type ContrastiveSimilaritiesArgs, contrastiveSimilarities } from './layers/contrastiveSimilarities';
export { MemoryQueue, type MemoryQueueArgs, memoryQueue } from './layers/memoryQueue';
export { MomentumEncoder, type MomentumEncoderArgs, momentumEncoder } from './layers/momentumEncoder';
export { contrastiveAccuracy, keySimilarity, negativeSimilarity, queueSimilarity } from './losses/metrics';
export { type ContrastiveLoss, type NonSemanticInfoNCEArgs, nonSemanticInfoNCE } from './losses/nonSemanticInfoNCE';
export { ArgumentError } from './support/errors';
export { l2Normalize } from './support/l2Normalize';
export { type Random, randomStream } from './support/random';
export {
  LearningRateScheduler,
  type LearningRateSchedulerArgs,
  learningRateScheduler,
  setLearningRate,
} from './training/learningRateScheduler';
export { MetricHistory, type MetricHistoryArgs, type MetricRecord, metricHistory } from './training/metricHistory';
export { type CosineDecayArgs, cosineDecay, type Schedule, type StepDecayArgs, stepDecay } from './training/schedules';
export { SGD, type SGDArgs, sgd } from './training/sgd';
export type { ContrastiveElement, Transform } from './transforms/element';
export {
  type MocoV2Augmentation,
  type MocoV2AugmentationArgs,
  mocoV2Augmentation,
  type ViewParameters,
} from './transforms/mocoV2Augmentation';
export { type NormalizeArgs, normalize } from './transforms/normalize';
export type { ColorJitter } from './transforms/operations/colorJitter';
export type { Crop } from './transforms/operations/resizedCrop';
export {
  type PatchNegative,
  type PatchNegativeArgs,
  type PatchParameters,
  patchNegative,
} from './transforms/patchNegative';
export type { SampleApply } from './transforms/sampleApply';
export { type Augmentation, type TwoViewsArgs, twoViews } from './transforms/twoViews';
