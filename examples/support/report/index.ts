export { type EmbeddingMapOptions, embeddingPlot, mapEmbeddings } from './embeddings';
export { type ByEncoder, reliabilityPlot, shapeBiasPlot } from './robustness';
export { type SimilarityPlotOptions, similarityPlot } from './similarities';
