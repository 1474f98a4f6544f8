import type { Comparison } from '../support/compare';
import type { StepOptions } from '../support/trainingStep';

// A batch of 64 would take the cpu backend minutes; a small batch puts wasm, which pays per kernel, at a disadvantage.
const work = { encoder: 'conv', size: 32, batch: 8, queue: 4096, negatives: 1 } satisfies Partial<StepOptions>;

/** The training step without any native library: wasm accelerated (as shipped it cannot train) and plain JavaScript. */
export const wasm: Comparison = {
  name: 'wasm',
  title: 'the same step without native code, conv blocks, batch 8, K 4096',
  rounds: 2,
  contestants: [
    { name: 'wasm', worker: 'step.ts', options: { ...work, steps: 3, backend: 'wasm', accelerated: true } },
    { name: 'cpu as shipped', worker: 'step.ts', options: { ...work, steps: 1, backend: 'cpu', accelerated: false } },
  ],
  targets: [{ of: 'wasm', to: 'cpu as shipped', goal: 0.02 }],
};
