export { ContrastiveDataset, type ContrastiveDatasetArgs, contrastiveDataset } from './data/contrastiveDataset';
export type { DataOrder } from './data/dataOrder';
export type { ImageSource } from './data/imageSource';
export type { LabeledImage } from './data/reads';
export { embeddingStd } from './diagnostics/embeddingStd';
export {
  type MeasureSimilaritiesArgs,
  measureSimilarities,
  type SimilaritySummaryArgs,
  summarizeSimilarities,
} from './diagnostics/measureSimilarities';
export type { SimilarityKind } from './diagnostics/similaritiesByKind';
export type { SimilarityRow, SimilaritySummary } from './diagnostics/similaritySummary';
export { type ConvEncoderArgs, convEncoder } from './encoders/convEncoder';
export type { BatchNormalizationFactory, EncoderArgs } from './encoders/encoderArgs';
export { type PredictionHeadArgs, predictionHead } from './encoders/heads/predictionHead';
export { type ProjectionHeadArgs, projectionHead } from './encoders/heads/projectionHead';
export { type ResidualEncoderArgs, residualEncoder } from './encoders/residualEncoder';
export { type ResNetArgs, resNet18, resNet50 } from './encoders/resNet';
export { BatchNormalization, type BatchNormalizationArgs, batchNormalization } from './layers/batchNormalization';
export { Byol, type ByolArgs, byol } from './layers/byol';
export { type ContrastiveSimilaritiesArgs, contrastiveSimilarities } from './layers/contrastiveSimilarities';
export { exportEncoder } from './layers/exportEncoder';
export { MemoryQueue, type MemoryQueueArgs, memoryQueue } from './layers/memoryQueue';
export { MomentumEncoder, type MomentumEncoderArgs, momentumEncoder } from './layers/momentumEncoder';
export { contrastiveAccuracy, keySimilarity, negativeSimilarity, queueSimilarity } from './losses/metrics';
export { type NonSemanticByolArgs, nonSemanticByol } from './losses/nonSemanticByol';
export { type ContrastiveLoss, type NonSemanticInfoNCEArgs, nonSemanticInfoNCE } from './losses/nonSemanticInfoNCE';
export { ArgumentError } from './support/errors';
export { l2Normalize } from './support/l2Normalize';
export { type Random, randomStream } from './support/random';
export type { TextureQuality } from './texture/plan';
export { synthesizeTexture, type TextureSynthesisArgs } from './texture/synthesizeTexture';
export {
  LearningRateScheduler,
  type LearningRateSchedulerArgs,
  learningRateScheduler,
  setLearningRate,
} from './training/learningRateScheduler';
export { MetricHistory, type MetricHistoryArgs, type MetricRecord, metricHistory } from './training/metricHistory';
export { MomentumScheduler, type MomentumSchedulerArgs, momentumScheduler } from './training/momentumScheduler';
export {
  type CosineDecayArgs,
  type CosineRiseArgs,
  cosineDecay,
  cosineRise,
  type Schedule,
  type StepDecayArgs,
  stepDecay,
} from './training/schedules';
export { SGD, type SGDArgs, sgd } from './training/sgd';
export {
  type SimilarityRecord,
  SimilarityStatistics,
  type SimilarityStatisticsArgs,
  similarityStatistics,
} from './training/similarityStatistics';
export type { Training } from './training/training';
export { type AlarmKind, TrainingAlarm } from './training/trainingAlarm';
export { TrainingAlarms, type TrainingAlarmsArgs, trainingAlarms } from './training/trainingAlarms';
export {
  restoreTraining,
  type TrainingPosition,
  type TrainingState,
  trainingArtifacts,
} from './training/trainingState';
export type { ContrastiveElement, Transform } from './transforms/element';
export {
  type MocoV2Augmentation,
  type MocoV2AugmentationArgs,
  mocoV2Augmentation,
  type ViewParams,
} from './transforms/mocoV2Augmentation';
export { type NormalizeArgs, normalize } from './transforms/normalize';
export type { ColorJitter } from './transforms/operations/colorJitter';
export type { Crop } from './transforms/operations/resizedCrop';
export {
  type PatchNegative,
  type PatchNegativeArgs,
  type PatchParams,
  patchNegative,
} from './transforms/patchNegative';
export type { RandomTransform } from './transforms/randomTransform';
export {
  type TextureNegative,
  type TextureNegativeArgs,
  type TextureParams,
  textureNegative,
} from './transforms/textureNegative';
export { type Augmentation, type TwoViewsArgs, twoViews } from './transforms/twoViews';
