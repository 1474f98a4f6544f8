export { ContrastiveDataset, type ContrastiveDatasetArgs, contrastiveDataset } from './data/contrastiveDataset';
export type { DataOrder } from './data/dataOrder';
export type { ImageSource } from './data/imageSource';
export type { LabelledImage } from './data/reads';
export { type ConvEncoderArgs, convEncoder } from './encoders/convEncoder';
export type { BatchNormalizationFactory, EncoderArgs } from './encoders/encoderArgs';
export { type PredictionHeadArgs, predictionHead } from './encoders/predictionHead';
export { type ProjectionHeadArgs, projectionHead } from './encoders/projectionHead';
export { type ResidualEncoderArgs, residualEncoder } from './encoders/residualEncoder';
export { type ResNetArgs, resNet18, resNet50 } from './encoders/resNet';
export { type AlignmentOptions, alignment } from './evaluation/alignment';
export type { ClassificationScores } from './evaluation/classification';
export { type Classifier, type ClassifierOptions, knnClassifier, linearClassifier } from './evaluation/classifiers';
export {
  type CorruptionKind,
  type CorruptOptions,
  corrupt,
  corruptionKinds,
  corruptionSeverities,
} from './evaluation/corruption/corrupt';
export type { Scale, Severity } from './evaluation/corruption/corruption';
export {
  type CorruptionReport,
  type CorruptionReportOptions,
  type CorruptionRow,
  corruptionReport,
} from './evaluation/corruptionReport';
export { effectiveRank } from './evaluation/effectiveRank';
export { embeddingStd } from './evaluation/embeddingStd';
export {
  type ExtractFeaturesOptions,
  extractFeatures,
  type Features,
  type ImageBatches,
} from './evaluation/extractFeatures';
export { type KnnOptions, type KnnResult, knn } from './evaluation/knn';
export { type LinearProbeResult, type LinearProbeScores, linearProbe } from './evaluation/linearProbe';
export { type LinearProbeOptions, linearProbeRecipes } from './evaluation/linearProbeOptions';
export {
  type MeasureSimilaritiesOptions,
  measureSimilarities,
  type SimilaritySummaryOptions,
  summarizeSimilarities,
} from './evaluation/measureSimilarities';
export { type RecallOptions, type RecallResult, recall } from './evaluation/recall';
export * from './evaluation/reliance';
export {
  type CueConflictDecision,
  cueConflictClasses,
  type ShapeBiasCounts,
  type ShapeBiasResult,
  shapeBias,
} from './evaluation/shapeBias';
export type { SimilarityKind } from './evaluation/similaritiesByKind';
export type { SimilarityRow, SimilarityStatistics } from './evaluation/similaritySummary';
export { type StandardizeArgs, standardize } from './evaluation/standardize';
export {
  type Accuracies,
  type TextureRelianceOptions,
  type TextureRelianceResult,
  textureReliance,
} from './evaluation/textureReliance';
export { type UniformityOptions, uniformity } from './evaluation/uniformity';
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
  type SimilarityStatisticsArgs,
  SimilarityStatisticsCallback,
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
export {
  type TextureNegative,
  type TextureNegativeArgs,
  type TextureParameters,
  textureNegative,
} from './transforms/textureNegative';
export { type Augmentation, type TwoViewsArgs, twoViews } from './transforms/twoViews';
