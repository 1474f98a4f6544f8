import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inWords } from '../differences';
import { table } from '../markdown';
import { pairedDifference, summarize } from '../statistics';
import { arms } from './arms';
import { measures, pairsOf } from './measures';
import type { RelianceRun } from './results';

/** What `pytorch/reliance.py` leaves of a run; shares. */
export interface PytorchRun {
  arm: string;
  seed: number;
  shapeShare: number;
  /** Recall at 10. */
  recall: { [version in 'silhouettes' | 'edges' | 'textures' | 'patches']: number };
  recallFromView: number;
}

const dir = 'examples/reproduce/results/reliance-pytorch';

export async function readPytorchRuns(): Promise<PytorchRun[]> {
  const names = (await readdir(dir).catch(() => [])).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(dir, name), 'utf8'))));
}

const { shape, silhouettes, edges, textures, patches, view } = measures;
const columns = [shape, silhouettes, edges, textures, patches, view];
const figuresOf = ({ shapeShare, recall, recallFromView }: PytorchRun) =>
  [shapeShare, recall.silhouettes, recall.edges, recall.textures, recall.patches, recallFromView].map((x) => 100 * x);

/** Both arms in PyTorch, and their difference beside ours. */
export function pytorchTable(theirs: readonly PytorchRun[], ours: readonly RelianceRun[]): string {
  const names = ['plain', 'patch-2'];
  const rows = names.map((name) => {
    const own = theirs.filter(({ arm }) => arm === name).map(figuresOf);
    const cells = columns.map((_, i) => summarize(own.map((figures) => figures[i])).mean.toFixed(1));
    return [`${arms[name].title}, PyTorch`, String(own.length), ...cells];
  });
  const pairs = theirs
    .filter(({ arm }) => arm === 'patch-2')
    .flatMap((run) =>
      theirs
        .filter(({ arm, seed }) => arm === 'plain' && seed === run.seed)
        .map((base) => [figuresOf(base), figuresOf(run)] as const),
    );
  const own = pairsOf(ours, 'plain', 'patch-2');
  const difference = (of: (i: number) => ReturnType<typeof pairedDifference>) => columns.map((_, i) => inWords(of(i)));
  return table(
    ['', 'seeds', ...columns.map(({ title }) => title)],
    [
      ...rows,
      [
        'difference, PyTorch',
        String(pairs.length),
        ...difference((i) =>
          pairedDifference(
            pairs.map(([base]) => base[i]),
            pairs.map(([, run]) => run[i]),
          ),
        ),
      ],
      [
        'difference, here',
        String(own.length),
        ...difference((i) =>
          pairedDifference(
            own.map(([base]) => columns[i].of(base)),
            own.map(([, run]) => columns[i].of(run)),
          ),
        ),
      ],
    ],
  );
}
