import type { Comparison } from '../support/compare';

const work = { batch: 64, size: 224 };

/** Patch negatives in batch against the loop over images and cells that the paper's code runs. */
export const patches: Comparison = {
  name: 'patches',
  title: 'patch negatives, batch 64 at 224, p 16-72',
  contestants: [
    { name: 'tfjs-node', worker: 'patches.ts', options: { ...work, steps: 5, backend: 'tfjs-node' } },
    { name: 'PyTorch, per-image loop', worker: 'patches.py', options: { ...work, steps: 2 } },
  ],
  targets: [{ of: 'tfjs-node', to: 'PyTorch, per-image loop', goal: 0.2 }],
};
