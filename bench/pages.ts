import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rewrite } from '../tools/sections';
import type { Ratio, Result } from './support/compare';
import { table } from './support/table';

export const graphPath = 'docs/graph.md';
export const readmePath = 'README.md';

const [eager, checked, fast] = [
  'tfjs-node',
  'tfjs-node, one graph a step, checked',
  'tfjs-node, one graph a step, fast',
];
const [stock, views, pytorch] = ['tfjs-node as shipped', 'tfjs-node, one graph', 'PyTorch'];
const short: { [contestant: string]: string } = {
  [eager]: 'eager',
  [checked]: 'checked',
  [fast]: 'fast',
  [stock]: 'as shipped',
  [views]: 'one graph',
};

/** Rows of the table: the comparison, what it is called, and which ratios of it. */
const rows: [comparison: string, title: string, ratios: [of: string, to: string][]][] = [
  ['graph-loop', "the quickstart's `fitDataset`, a batch", [[checked, eager]]],
  [
    'step-conv-batch-4',
    'MoCo + patch negative, conv blocks, batch 4, K 4096',
    [
      [checked, eager],
      [fast, pytorch],
    ],
  ],
  [
    'step-conv-4096',
    'batch 64, K 4096',
    [
      [checked, pytorch],
      [fast, pytorch],
    ],
  ],
  [
    'step-conv-16384',
    'batch 64, K 16384',
    [
      [checked, pytorch],
      [fast, pytorch],
    ],
  ],
  [
    'step-resnet18-16384',
    'ResNet-18 at 64 px, batch 64, K 16384',
    [
      [checked, pytorch],
      [fast, pytorch],
    ],
  ],
  [
    'graph-classifier',
    "mnist-node's classifier, batch 128",
    [
      [checked, stock],
      [fast, stock],
    ],
  ],
  ['graph-views', 'two views and a patch negative, batch 64 of 32 px', [[views, eager]]],
];

function read(file: string): Result[] {
  const { compared } = JSON.parse(readFileSync(join(import.meta.dirname, 'results', `${file}.json`), 'utf8'));
  return compared;
}

function find(results: readonly Result[], comparison: string, of: string, to: string): Ratio | undefined {
  return results.find(({ name }) => name === comparison)?.ratios.find((ratio) => ratio.of === of && ratio.to === to);
}

/** Returns the sections of docs/graph.md and of the README, from the committed results. */
export function benchSections(): { graph: string; readme: string } {
  const two = [...read('bench-step-conv-graph'), ...read('bench-step-resnet')];
  const one = read('bench-step-conv-graph-cores-1');
  const lines = rows.flatMap(([comparison, title, ratios]) =>
    ratios.map(([of, to]) => {
      const [both, single] = [two, one].map((results) => find(results, comparison, of, to));
      const { goal, ratio } = both as Ratio;
      const reached = [ratio, ...(single ? [single.ratio] : [])].map(({ median }) => median <= goal);
      const where = reached.every(Boolean) ? 'yes' : reached.some(Boolean) ? `on ${reached[0] ? 'two' : 'one'}` : 'no';
      const spread = `${fixed(ratio.median)} (${fixed(ratio.low)}-${fixed(ratio.high)})`;
      const words = [title, `${short[of]} / ${short[to] ?? to}`, spread, single ? fixed(single.ratio.median) : ''];
      return [...words, String(goal), where];
    }),
  );
  const head = ['what', 'ratio of', 'two cores', 'one core', 'goal', 'reached'];
  const ratioOf = (comparison: string, of: string, to: string) =>
    fixed((find(two, comparison, of, to) as Ratio).ratio.median);
  const small = (of: string) => ratioOf('step-conv-4096', of, pytorch);
  return {
    graph: table(head, lines).trimEnd(),
    readme:
      `on two CPU cores a training step of a small encoder on tfjs-node takes ${small(eager)} times PyTorch's time. As ` +
      `[one graph](docs/graph.md#how-fast-it-is) it takes ${small(checked)} times, ${small(fast)} if its JavaScript is ` +
      `skipped; the quickstart's loop then takes ${ratioOf('graph-loop', checked, eager)} of its eager time`,
  };
}

const fixed = (value: number) => value.toFixed(2);

/** Writes the sections. */
export async function writePages(): Promise<void> {
  const { graph, readme } = benchSections();
  await rewrite(graphPath, { 'graph speed': graph });
  await rewrite(readmePath, { 'speed fact': readme });
}
