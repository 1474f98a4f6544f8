import type { Comparison, Target } from '../support/compare';

/** Work of the pairs below, which is the same for all contestants but for how it runs. */
interface Way {
  name: string;
  accelerated: boolean;
  graph?: 'checked' | 'fast';
}

const stock: Way = { name: 'tfjs-node as shipped', accelerated: false };
const eager: Way = { name: 'tfjs-node', accelerated: true };
const checked: Way = { name: 'tfjs-node, one graph a step, checked', accelerated: true, graph: 'checked' };
const fast: Way = { name: 'tfjs-node, one graph a step, fast', accelerated: true, graph: 'fast' };

function pair(name: string, title: string, worker: string, work: object, ways: Way[], targets: Target[]): Comparison {
  const contestants = ways.map(({ name, ...way }) => ({
    name,
    worker,
    options: { ...work, ...way, backend: 'tfjs-node' },
  }));
  return { name, title, contestants, targets };
}

const target = (of: Way, to: Way, goal: number): Target => ({ of: of.name, to: to.name, goal });

/** What else runs as graphs than the step of `step.ts`. */
export const graphs: Comparison[] = [
  pair(
    'graph-classifier',
    'training step of the classifier of tfjs-examples/mnist-node, batch 128',
    'classifier.ts',
    { batch: 128, steps: 2 },
    [stock, eager, checked, fast],
    [target(checked, stock, 0.5), target(fast, stock, 0.5)],
  ),
  pair(
    'graph-views',
    'two views and a patch negative, batch 64 of 32 px, draws included',
    'transforms.ts',
    { batch: 64, size: 32, steps: 10 },
    [eager, { ...checked, name: 'tfjs-node, one graph' }],
    [{ of: 'tfjs-node, one graph', to: eager.name, goal: 0.6 }],
  ),
  pair(
    'graph-loop',
    'a batch of the quickstart’s fitDataset on tfjs-node: data, views, patches, step',
    'loop.ts',
    { batches: 10 },
    [eager, checked],
    [target(checked, eager, 0.6)],
  ),
];
