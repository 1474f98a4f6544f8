import { createRequire } from 'node:module';

const { resolve } = createRequire(import.meta.url);
const installed = (name) => {
  try {
    return Boolean(resolve(`${name}/package.json`));
  } catch {
    return false;
  }
};

// One suite, every backend that runs here. BACKENDS=cpu,wasm chooses; tensorflow is tfjs-node, or tfjs-node-gpu if asked.
const native = process.env.TFJS_NODE_PACKAGE ?? '@tensorflow/tfjs-node';
const all = ['cpu', 'wasm', ...(installed(native) ? ['tensorflow'] : [])];
const backends = process.env.BACKENDS ? process.env.BACKENDS.split(',') : all;

// On WebGPU in software a file takes up to a minute: SAMPLE=1 runs a sample of the parts, and LONG=1 with it whole parts.
const sampled = [
  'losses',
  'layers/batchNormalization',
  'training/sgd',
  'transforms/patchNegative',
  'backends/mocoStep',
  'accelerate/batchNormalizationLayer',
  'accelerate/filterGradient',
  'accelerate/fuzz',
  'accelerate/infoNCE',
  'accelerate/regressions',
  'accelerate/shaders',
  'evaluation/degenerateInput',
  'support/checkFinite',
  'evaluation/reliance/masks',
  'accelerate/tuning',
  'node/webgpuPrograms',
];
const onWebGpu = process.env.LONG
  ? ['losses', 'layers', 'training', 'transforms', 'backends', 'accelerate', 'encoders', 'diagnostics']
  : sampled;

// The cpu backend takes several times as long for these as wasm, or they look at what no backend changes, as messages and
// how models nest: LONG=1 runs them there too.
const slowOnCpu = [
  'evaluation/reliance/',
  'evaluation/corruption/',
  'texture/synthesizeTexture',
  'robustness/badInput',
  'robustness/goodCalls',
  'layers/nesting/',
  'encoders/resNet',
];

/** What this project leaves out: what touches files, documentation, package or configurations is the same on every backend. */
function ignored(backend) {
  const once = backend === backends[0] ? [] : ['node/', 'package/', 'docs/', 'layers/copies/'];
  const slow = backend === 'cpu' && backends.length > 1 && !process.env.LONG ? slowOnCpu : [];
  return [...once, ...slow].map((path) => `<rootDir>/test/${path}`);
}

const project = (backend) => ({
  displayName: backend,
  rootDir: import.meta.dirname,
  testEnvironment: backend === 'webgpu' ? '<rootDir>/test/support/webgpuEnvironment.ts' : 'node',
  // TensorFlow.js looks at a device once more after its file has ended.
  testEnvironmentOptions: backend === 'webgpu' ? { globalsCleanup: 'off' } : {},
  globals: { BACKEND: backend },
  testMatch:
    backend === 'webgpu' && process.env.SAMPLE
      ? onWebGpu.flatMap((path) => [`<rootDir>/test/${path}.test.ts`, `<rootDir>/test/${path}/**/*.test.ts`])
      : ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ignored(backend),
  setupFilesAfterEnv: ['<rootDir>/test/support/setup.ts'],
  // Inside jest's sandbox a look-up of a global takes long, and the backends' loops make millions.
  sandboxInjectedGlobals: [
    ...['Math', 'Number', 'Array', 'Object', 'Map', 'Set', 'Symbol', 'Float32Array', 'Int32Array', 'Uint8Array'],
    ...['isNaN', 'isFinite', 'Infinity'],
  ],
  transform: { '\\.[tj]s$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  moduleNameMapper: {
    '^tfjs-nonsemantic-negatives$': '<rootDir>/src/index.ts',
    '^tfjs-nonsemantic-negatives/(evaluation|accelerate|node)$': '<rootDir>/src/$1/index.ts',
  },
});

export default { projects: backends.map(project), testTimeout: 120_000, maxWorkers: '100%' };
