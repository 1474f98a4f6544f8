/** The browser's share of the suite: the numeric tests, the very files that jest runs on the other backends. */
export const files = [
  'backends/mocoStep',
  'backends/textures',
  'transforms/normalize',
  'transforms/operations',
  'transforms/mocoV2Augmentation',
  'transforms/twoViews',
  'transforms/patchNegative',
  'transforms/textureNegative',
  'texture/synthesizeTexture',
  'losses/nonSemanticInfoNCE',
  'losses/metrics',
  'layers/contrastiveSimilarities',
  'layers/memoryQueue',
  'layers/momentumEncoder',
  'layers/batchNormalization',
  'layers/exportEncoder',
  'layers/trainingStep',
  'layers/parity',
  'training/sgd',
  'evaluation/knn',
  'evaluation/linearProbe',
  'evaluation/geometry',
];

export const backends = ['webgl', 'webgpu'] as const;
export type Backend = (typeof backends)[number];
