import type { Comparison } from '../support/compare';

const work = { backend: 'tfjs-node', encoder: 'conv', size: 32, batch: 64, queue: 4096, accelerated: true };

/** Measures what one negative per image adds to the peak: tensors, which are exact, and the whole process. */
const memory = (figure: string, what: string): Comparison => ({
  name: `memory-${figure === 'peakMB' ? 'tensors' : 'process'}`,
  title: `peak memory of a step in MB, ${what}, conv blocks, batch 64, K 4096`,
  figure,
  rounds: 1,
  contestants: [
    { name: '1 negative', worker: 'memory.ts', options: { ...work, negatives: 1 } },
    { name: 'no negative', worker: 'memory.ts', options: { ...work, negatives: 0 } },
  ],
  targets: [{ of: '1 negative', to: 'no negative', goal: 1.1 }],
});

export const memories = [memory('peakMB', 'tensors'), memory('residentMB', 'process')];
