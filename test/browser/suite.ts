/** The browser's share of the suite: the numeric tests, the very files that jest runs on the other backends. */
const short = [
  'accelerate/batchNormalizationLayer',
  'accelerate/filterGradient',
  'accelerate/infoNCE',
  'accelerate/shaders',
  'backends/halfFloats',
  'backends/mocoStep',
  'backends/textures',
  'transforms/normalize',
  'transforms/operations',
  'transforms/twoViews',
  'transforms/patchNegative',
  'transforms/textureNegative',
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
  'evaluation/probes/knn',
  'diagnostics/embeddings',
];

/** These take minutes in software, and only with LONG=1 do they run. */
const long = [
  'accelerate/fuzz/fuzz',
  'accelerate/tuning',
  'transforms/mocoV2Augmentation',
  'transforms/channels',
  'transforms/range',
  'texture/synthesizeTexture',
  'evaluation/probes/linearProbe',
];

export const files = [...short, ...long];

/** With WebGPU these run in Node, on the Dawn that Chromium has: jest.config.js names them. One takes minutes. */
const inNode = ['accelerate/', 'losses/', 'layers/batchNormalization', 'layers/trainingStep', 'training/sgd'];

/** On WebGL these two take over a minute; WebGPU runs them, and WebGL the operations that they are made of. */
const onWebGpuOnly = ['transforms/twoViews', 'transforms/textureNegative'];

const leftOut: { [backend: string]: string[] } = { webgl: onWebGpuOnly, webgpu: inNode };

/** What a backend runs: the files of which a part of the name is given, else the short ones, with LONG=1 all. */
export function chooseFiles(backend: string, parts: string | undefined): string[] {
  // The other files compare to 32 bits.
  if (backend === 'webgl16') return ['backends/halfFloats'];
  if (parts) return files.filter((file) => parts.split(',').some((part) => file.includes(part)));
  if (process.env.LONG) return files;
  return short.filter((file) => !leftOut[backend]?.some((part) => file.startsWith(part)));
}

/** `webgl16` is WebGL with textures of 16-bit floats, as many phones have them. */
export const backends = ['webgl', 'webgl16', 'webgpu'];
