import { table } from '../support/markdown';
import { readRunFiles } from '../support/runFiles';
import { differenceOf, pairsOf, summarize } from '../support/statistics';
import { inWords } from '../support/words';
import { arms } from './arms';
import { measures } from './measures';
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

export const readPytorchRuns = (): Promise<PytorchRun[]> => readRunFiles(dir);

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
  const pairs = pairsOf(theirs, 'plain', 'patch-2');
  const own = pairsOf(ours, 'plain', 'patch-2');
  const theirDifferences = columns.map((_, i) => differenceOf(pairs, { of: (run) => figuresOf(run)[i] }));
  const ourDifferences = columns.map((measure) => differenceOf(own, measure));
  return table(
    ['', 'seeds', ...columns.map(({ title }) => title)],
    [
      ...rows,
      ['difference, PyTorch', String(pairs.length), ...theirDifferences.map((one) => inWords(one))],
      ['difference, here', String(own.length), ...ourDifferences.map((one) => inWords(one))],
    ],
  );
}
