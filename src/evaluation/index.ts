export { type AlignmentArgs, alignment } from '../diagnostics/alignment';
export { effectiveRank } from '../diagnostics/effectiveRank';
export { embeddingStd } from '../diagnostics/embeddingStd';
export {
  type MeasureSimilaritiesArgs,
  measureSimilarities,
  type SimilaritySummaryArgs,
  summarizeSimilarities,
} from '../diagnostics/measureSimilarities';
export type { SimilarityKind } from '../diagnostics/similaritiesByKind';
export type { SimilarityRow, SimilaritySummary } from '../diagnostics/similaritySummary';
export { type UniformityArgs, uniformity } from '../diagnostics/uniformity';
export type { TextureQuality } from '../texture/plan';
export {
  type CorruptArgs,
  type CorruptionKind,
  corrupt,
  corruptionKinds,
  corruptionSeverities,
} from './corruption/corrupt';
export type { Scale, Severity } from './corruption/corruption';
export {
  type ExtractFeaturesArgs,
  extractFeatures,
  type Features,
  type ImageBatches,
} from './extractFeatures';
export type { ClassificationScores } from './probes/classification';
export { type Classifier, type ClassifierArgs, knnClassifier, linearClassifier } from './probes/classifiers';
export { type KnnArgs, type KnnResult, knn } from './probes/knn';
export { type LinearProbeResult, type LinearProbeScores, linearProbe } from './probes/linearProbe';
export { type LinearProbeArgs, linearProbeRecipes } from './probes/linearProbeArgs';
export { type RecallArgs, type RecallResult, recall } from './probes/recall';
export type { Figure } from './reliance/bootstrap';
export { cueConflicts } from './reliance/cueConflicts';
export { cueImages } from './reliance/cueImages';
export type { Cue, CueImagesArgs } from './reliance/cueImagesArgs';
export type { ConflictPair, CueImages } from './reliance/cues';
export { edges } from './reliance/edges';
export type { Encoder } from './reliance/embedInBatches';
export type {
  ClassReliance,
  EncoderReliance,
  RelianceFigures,
  RelianceResult,
  SearchedVersion,
} from './reliance/figures';
export { type BackgroundMaskArgs, type BoxMaskArgs, backgroundMask, boxMask } from './reliance/masks';
export { type MeasureRelianceArgs, measureReliance } from './reliance/measureReliance';
export type { MaskRule } from './reliance/objectMasks';
export { type RelianceArgs, reliance } from './reliance/reliance';
export { type ShufflePatchesArgs, shufflePatches } from './reliance/shufflePatches';
export {
  type CorruptionReport,
  type CorruptionReportArgs,
  type CorruptionRow,
  corruptionReport,
} from './robustness/corruptionReport';
export type { Accuracies } from './robustness/gainCorrelation';
export {
  type CueConflictDecision,
  cueConflictClasses,
  type ShapeBiasCounts,
  type ShapeBiasResult,
  shapeBias,
} from './robustness/shapeBias';
export {
  type TextureRelianceArgs,
  type TextureRelianceResult,
  textureReliance,
} from './robustness/textureReliance';
export { type StandardizeArgs, standardize } from './standardize';
