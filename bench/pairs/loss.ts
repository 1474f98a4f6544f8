import type { Comparison } from '../support/compare';

const work = { batch: 256, dimensions: 128, queue: 16384, steps: 5 };

/** The loss and the gradient of the queries. */
export const loss: Comparison = {
  name: 'loss',
  title: 'loss forward + backward, q 256 x 128, K 16384, M 1',
  contestants: [
    { name: 'tfjs-node', worker: 'loss.ts', options: { ...work, backend: 'tfjs-node', accelerated: true } },
    { name: 'PyTorch', worker: 'loss.py', options: work },
  ],
  targets: [{ of: 'tfjs-node', to: 'PyTorch', goal: 1 }],
};
