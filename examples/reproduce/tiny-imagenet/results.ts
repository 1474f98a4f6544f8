import type { Run } from '../cifar10/run';
import { readRunFiles } from '../support/runFiles';

/** What is kept of a run, small enough to be committed; shares, rounded to 1e-4. */
export interface TinyRun {
  arm: string;
  seed: number;
  config: Run['config'];
  seconds: Run['seconds'];
  /** Accuracy of the linear classifier by test setting; `knn` on the images. */
  accuracy: { [setting: string]: number };
  /** Recall at 10 of a picture from its edges, its texture and its shuffled patches. */
  recall: { [version: string]: number };
  /** By class: accuracy on the test images, and from textures alone. */
  classes: { [name: string]: { group: string; images: number; textures: number } };
}

/** Where runs are kept; those of `--quick` are not committed. */
export const resultsDir = 'examples/reproduce/results/tiny-imagenet';

/** What is kept of a finished run. */
export function condense(
  { arm, seed, config, seconds, evaluation }: Run,
  groupOf: { [name: string]: string },
): TinyRun {
  const { domains, corruption, textureReliance, reliance } = evaluation;
  const [test] = Object.values(domains);
  const { images, ...versions } = textureReliance.overall;
  return {
    ...{ arm, seed, config, seconds },
    accuracy: {
      images: test.linear,
      knn: test.knn,
      corrupted: corruption.mean,
      ...Object.fromEntries(Object.entries(versions).map(([name, { linear }]) => [name, linear])),
    },
    recall: Object.fromEntries(Object.entries(reliance.recall).map(([name, figures]) => [name, figures[10].value])),
    classes: Object.fromEntries(
      textureReliance.classes.map(({ name, accuracy }) => [
        name,
        { group: groupOf[name] ?? name, images: test.perClass[name], textures: accuracy.textures.linear },
      ]),
    ),
  };
}

export const readTinyRuns = (dir = resultsDir): Promise<TinyRun[]> => readRunFiles(dir);
