import type { Comparison, Target } from '../support/compare';
import type { StepOptions } from '../support/trainingStep';

/** The networks of the training step. */
const networks = {
  conv: { title: 'conv blocks 32-64-128-256, 32 px', encoder: 'conv', size: 32, steps: 10 },
  resnet18: { title: 'ResNet-18, 64 px', encoder: 'resnet18', size: 64, steps: 1 },
} as const;

const graph = (way: 'checked' | 'fast') => `tfjs-node, one graph a step, ${way}`;
const goal = (of: string, to: string, goal: number): Target => ({ of, to, goal });

/** The full MoCo step with one patch negative: this package, as a graph, on tfjs as it is shipped, and PyTorch. */
function step(network: keyof typeof networks, batch: number, queue: number, targets: Target[]): Comparison {
  const { title, ...options } = networks[network];
  const work = { ...options, batch, queue, negatives: 1 } satisfies Omit<StepOptions, 'accelerated'>;
  const native = { ...work, backend: 'tfjs-node', accelerated: true };
  return {
    name: `step-${network}-${batch === 64 ? queue : `batch-${batch}`}`,
    title: `MoCo + patch negative step, ${title}, batch ${batch}, K ${queue}`,
    contestants: [
      { name: 'tfjs-node', worker: 'step.ts', options: native },
      ...(['checked', 'fast'] as const).map((way) => ({
        name: graph(way),
        worker: 'step.ts',
        options: { ...native, graph: way },
      })),
      { name: 'tfjs-node as shipped', worker: 'step.ts', options: { ...native, accelerated: false } },
      { name: 'PyTorch', worker: 'step.py', options: work },
    ],
    targets,
  };
}

const eagerGoals = [goal('tfjs-node', 'PyTorch', 1.3), goal('tfjs-node', 'tfjs-node as shipped', 0.5)];
const graphGoals = [goal(graph('checked'), 'PyTorch', 0.75), goal(graph('fast'), 'PyTorch', 0.55)];

export const steps: Comparison[] = [
  step('conv', 64, 4096, [...eagerGoals, ...graphGoals]),
  step('conv', 64, 16384, [...eagerGoals, ...graphGoals]),
  // There is little to compute: what is left is what starting operations takes.
  step('conv', 4, 4096, [goal(graph('checked'), 'tfjs-node', 0.45), goal(graph('fast'), 'PyTorch', 0.5)]),
  step('resnet18', 64, 16384, [
    ...eagerGoals,
    ...['checked', 'fast'].map((way) => goal(graph(way as 'fast'), 'PyTorch', 0.9)),
  ]),
];
