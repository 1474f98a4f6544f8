export type { ContrastiveSource } from './data/checkSource';
export { ContrastiveDataset, contrastiveDataset } from './data/contrastiveDataset';
export type { ContrastiveDatasetArgs } from './data/contrastiveDatasetArgs';
export type { DataOrder } from './data/dataOrder';
export type { ImageSource } from './data/imageSource';
export type { Label } from './data/labels';
export type { LabeledImage } from './data/reads';
export type { ImageTensors } from './data/tensorImages';
export type { ValueRange } from './data/valueRange';
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
export { type ClassificationHeadArgs, classificationHead } from './encoders/heads/classificationHead';
export { type PredictionHeadArgs, predictionHead } from './encoders/heads/predictionHead';
export { type ProjectionHeadArgs, projectionHead } from './encoders/heads/projectionHead';
export { type RemoveHeadArgs, removeHead } from './encoders/heads/removeHead';
export { type ResidualEncoderArgs, residualEncoder } from './encoders/residualEncoder';
export { type ResNetArgs, resNet18, resNet50 } from './encoders/resNet';
export { BatchNormalization, batchNormalization } from './layers/batchNormalization';
export type { BatchNormalizationArgs } from './layers/batchNormalizationArgs';
export { BatchSimilarities, type BatchSimilaritiesArgs, batchSimilarities } from './layers/batchSimilarities';
export { Byol, byol } from './layers/byol';
export type { ByolArgs } from './layers/byolArgs';
export { ContrastiveLayer } from './layers/contrastiveLayer';
export { type ContrastiveModelArgs, contrastiveModel } from './layers/contrastiveModel';
export { type ContrastiveSimilaritiesArgs, contrastiveSimilarities } from './layers/contrastiveSimilarities';
export { exportEncoder } from './layers/exportEncoder';
export { MemoryQueue, memoryQueue } from './layers/memoryQueue';
export type { MemoryQueueArgs } from './layers/memoryQueueArgs';
export { MomentumEncoder, type MomentumEncoderArgs, momentumEncoder } from './layers/momentumEncoder';
export { contrastiveAccuracy, keySimilarity, negativeSimilarity, queueSimilarity } from './losses/metrics';
export { type NonSemanticByolArgs, nonSemanticByol } from './losses/nonSemanticByol';
export { type ContrastiveLoss, type NonSemanticInfoNCEArgs, nonSemanticInfoNCE } from './losses/nonSemanticInfoNCE';
export { registerLayers } from './registerLayers';
export { ArgumentError } from './support/errors';
export { l2Normalize } from './support/l2Normalize';
export { type Random, randomStream } from './support/random';
export type { TextureQuality } from './texture/plan';
export { synthesizeTexture, type TextureSynthesisArgs } from './texture/synthesizeTexture';
export { LearningRateScheduler, learningRateScheduler } from './training/learningRateScheduler';
export { MetricHistory, type MetricHistoryArgs, type MetricRecord, metricHistory } from './training/metricHistory';
export { MomentumScheduler, momentumScheduler } from './training/momentumScheduler';
export type { Scheduler, SchedulerArgs } from './training/scheduler';
export {
  type CosineScheduleArgs,
  cosineSchedule,
  type Schedule,
  type StepDecayArgs,
  stepDecay,
  type TimeUnit,
} from './training/schedules';
export { setLearningRate } from './training/setLearningRate';
export { SGD, type SGDArgs, sgd } from './training/sgd';
export {
  type SimilarityRecord,
  SimilarityStatistics,
  type SimilarityStatisticsArgs,
  similarityStatistics,
} from './training/similarityStatistics';
export type { StepResult, Training } from './training/training';
export { type AlarmKind, TrainingAlarm } from './training/trainingAlarm';
export { TrainingAlarms, trainingAlarms } from './training/trainingAlarms';
export type { TrainingAlarmsArgs } from './training/trainingAlarmsArgs';
export type { TrainingCallback } from './training/trainingCallback';
export type { TrainingPosition } from './training/trainingPosition';
export { restoreTraining, type TrainingState, trainingArtifacts } from './training/trainingState';
export type { NamedTensors } from './training/velocities';
export type { ContrastiveElement, Transform } from './transforms/element';
export { type MocoV2Augmentation, mocoV2Augmentation } from './transforms/mocoV2Augmentation';
export type { MocoV2AugmentationArgs } from './transforms/mocoV2AugmentationArgs';
export { type NormalizeArgs, normalize } from './transforms/normalize';
export type { ColorJitter, JitterOperation } from './transforms/operations/colorJitter';
export type { Crop } from './transforms/operations/resizedCrop';
export {
  type PatchNegative,
  type PatchNegativeArgs,
  patchNegative,
} from './transforms/patchNegative';
export type { PatchParams } from './transforms/patchParams';
export { type BatchShape, type ImageShape, type RandomTransform, randomTransform } from './transforms/randomTransform';
export {
  type TextureNegative,
  type TextureNegativeArgs,
  textureNegative,
} from './transforms/textureNegative';
export type { TextureParams } from './transforms/textureParams';
export { type TwoViewsArgs, twoViews } from './transforms/twoViews';
export type { ViewParams } from './transforms/viewParams';
