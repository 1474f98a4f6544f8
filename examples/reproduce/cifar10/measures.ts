import type { Run } from './run';

/** A figure of a run. Shares are in percent. */
export interface Measure {
  title: string;
  of(run: Run): number;
}

const test = 'CIFAR-10 test';
const linear = (title: string, domain: string): Measure => ({
  title,
  of: ({ evaluation }) => 100 * evaluation.domains[domain].linear,
});

/** Features alone: the share of test pictures found from a version of theirs, among ten. */
const recallFrom = (title: string, version: 'edges' | 'textures' | 'patches'): Measure => ({
  title,
  of: ({ evaluation }) => 100 * (evaluation.reliance.recall[version]?.[10].value ?? Number.NaN),
});

/** Mean over the steps recorded in the last epoch. */
const atTheEnd =
  (metric: string) =>
  ({ history }: Run): number => {
    const last = history.filter(({ epoch }) => epoch === history[history.length - 1].epoch);
    return last.reduce((sum, record) => sum + record[metric], 0) / last.length;
  };

export const measures = {
  knn: { title: 'test, kNN', of: ({ evaluation }: Run) => 100 * evaluation.domains[test].knn },
  linear: linear('test, linear', test),
  corrupted: { title: 'corrupted', of: ({ evaluation }: Run) => 100 * evaluation.corruption.mean },
  edges: linear('edges', 'edges'),
  silhouettes: linear('silhouettes', 'filled-silhouettes'),
  conflict: linear('cue conflict', 'cue-conflict'),
  shapeBias: {
    title: 'shape bias',
    of: ({ evaluation }: Run) => 100 * evaluation.shapeBias['cue-conflict'].linear.shapeBias,
  },
  textures: {
    title: 'textures',
    of: ({ evaluation }: Run) => 100 * evaluation.textureReliance.overall.textures.linear,
  },
  patches: { title: 'patches', of: ({ evaluation }: Run) => 100 * evaluation.textureReliance.overall.patches.linear },
  fromEdges: recallFrom('@10 from edges', 'edges'),
  fromTextures: recallFrom('@10 from texture alone', 'textures'),
  fromPatches: recallFrom('@10 from shuffled patches', 'patches'),
} satisfies { [name: string]: Measure };

export const similarities = {
  key: { title: 'to its key', of: atTheEnd('keySimilarity') },
  queue: { title: 'to the queue', of: atTheEnd('queueSimilarity') },
  negative: { title: 'to its negatives', of: atTheEnd('negativeSimilarity') },
  accuracy: { title: 'contrastive accuracy', of: atTheEnd('contrastiveAccuracy') },
  rank: { title: 'effective rank', of: ({ evaluation }: Run) => evaluation.features.effectiveRank },
} satisfies { [name: string]: Measure };
