import type { Comparison } from '../support/compare';
import type { StepOptions } from '../support/trainingStep';

/** The networks of the training step, both on a batch of 64. */
const networks = {
  conv: { title: 'conv blocks 32-64-128-256, 32 px', encoder: 'conv', size: 32, steps: 10 },
  resnet18: { title: 'ResNet-18, 64 px', encoder: 'resnet18', size: 64, steps: 1 },
} as const;

/** The full MoCo step with one patch negative: this package, as a graph, on tfjs as it is shipped, and PyTorch. */
function step(network: keyof typeof networks, queue: number): Comparison {
  const { title, ...options } = networks[network];
  const work = { ...options, batch: 64, queue, negatives: 1 } satisfies Omit<StepOptions, 'accelerated'>;
  return {
    name: `step-${network}-${queue}`,
    title: `MoCo + patch negative step, ${title}, batch 64, K ${queue}`,
    contestants: [
      { name: 'tfjs-node', worker: 'step.ts', options: { ...work, backend: 'tfjs-node', accelerated: true } },
      ...(['checked', 'fast'] as const).map((graph) => ({
        name: `tfjs-node, one graph a step, ${graph}`,
        worker: 'step.ts',
        options: { ...work, backend: 'tfjs-node', accelerated: true, graph },
      })),
      {
        name: 'tfjs-node as shipped',
        worker: 'step.ts',
        options: { ...work, backend: 'tfjs-node', accelerated: false },
      },
      { name: 'PyTorch', worker: 'step.py', options: work },
    ],
    targets: [
      { of: 'tfjs-node', to: 'PyTorch', goal: 1.3 },
      { of: 'tfjs-node', to: 'tfjs-node as shipped', goal: 0.5 },
      { of: 'tfjs-node, one graph a step, checked', to: 'PyTorch', goal: 0.75 },
      { of: 'tfjs-node, one graph a step, fast', to: 'PyTorch', goal: 0.55 },
    ],
  };
}

export const steps: Comparison[] = [step('conv', 4096), step('conv', 16384), step('resnet18', 16384)];
