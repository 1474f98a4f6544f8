import { readFileSync } from 'node:fs';
import { compare, differenceKey, readCifar } from '../../examples/reproduce/cifar10/differences';
import { factOf as cifarFactOf } from '../../examples/reproduce/cifar10/fact';
import type { Runs } from '../../examples/reproduce/cifar10/results';
import type { Run } from '../../examples/reproduce/cifar10/run';
import { claimTable, reproductionPath } from '../../examples/reproduce/claims/claimsTable';
import { cifarComparisons } from '../../examples/reproduce/claims/comparisons';
import { judge } from '../../examples/reproduce/claims/judge';
import { arms } from '../../examples/reproduce/reliance/arms';
import { collapseTable } from '../../examples/reproduce/reliance/collapse';
import { factOf, hyperparametersPath, pagePath, readmePath, tablesOf } from '../../examples/reproduce/reliance/page';
import { pytorchTable, readPytorchRuns } from '../../examples/reproduce/reliance/pytorch';
import { type RelianceRun, readRuns } from '../../examples/reproduce/reliance/results';
import { nets } from '../../examples/reproduce/small-nets/nets';
import {
  pagePath as smallNetsPage,
  tablesOf as smallNetsTables,
  tableOf,
} from '../../examples/reproduce/small-nets/page';
import { readRuns as readSmallNets, type SmallNetRun } from '../../examples/reproduce/small-nets/results';
import { pairedDifference, summarize } from '../../examples/reproduce/support/statistics';
import { readTinyRuns } from '../../examples/reproduce/tiny-imagenet/results';
import { replaceSection } from '../../tools/sections';

/** A page as it is, and with these sections made anew. */
const replaceAll = (path: string, sections: { [name: string]: string }) => {
  const page = readFileSync(path, 'utf8');
  const made = Object.entries(sections).reduce((text, [name, own]) => replaceSection(text, name, own, path), page);
  return { page, made };
};

describe('statistics of the reproduction', () => {
  test('mean and standard deviation of the sample', () => {
    expect(summarize([1, 2, 6])).toEqual({ count: 3, mean: 3, standardDeviation: Math.sqrt(7) });
    expect(summarize([4]).standardDeviation).toBeNaN();
  });

  test('a paired difference takes the seeds together, with Student’s t', () => {
    // Differences 1, 2 and 3; t at 97.5 % with two degrees of freedom is 4.303.
    const { mean, standardDeviation, halfInterval } = pairedDifference([10, 50, 90], [11, 52, 93]);
    expect([mean, standardDeviation]).toEqual([2, 1]);
    expect(halfInterval).toBeCloseTo(4.303 / Math.sqrt(3), 6);
    expect(pairedDifference([1], [3])).toMatchObject({ mean: 2, halfInterval: Number.NaN });
  });
});

describe('verdicts', () => {
  /** Runs of MoCo and of patch negatives that differ in accuracy under corruption only. */
  const runsOf = (moco: number[], patch: number[]): Runs => {
    const bySeed = (shares: number[]) =>
      Object.fromEntries(shares.map((mean, i) => [i + 1, { evaluation: evaluationOf(mean) } as unknown as Run]));
    return { moco: bySeed(moco), 'patch-2': bySeed(patch) };
  };
  const evaluationOf = (mean: number) => {
    const scores = { linear: 0.5, knn: 0.5, images: 1, classes: [], perClass: {} };
    const names = ['CIFAR-10 test', 'edges', 'filled-silhouettes', 'cue-conflict'];
    return { domains: Object.fromEntries(names.map((name) => [name, scores])), corruption: { mean } };
  };
  const verdict = (moco: number[], patch: number[]) => {
    const runs = runsOf(moco, patch);
    const corrupted = cifarComparisons.filter(({ measure }) => measure.title === 'corrupted');
    const differences = corrupted.map(({ measure, to, from }) => [
      differenceKey(to, from, measure),
      compare(runs, from, to, measure),
    ]);
    const cifar = { source: '', differences: Object.fromEntries(differences) };
    const claim = judge({ cifar, reliance: [], tiny: [] }).find(({ text }) => text === 'They gain under corruption')!;
    return [claim.figures[0], claim.verdict];
  };

  test.each([
    [[0.3, 0.31, 0.32], [0.33, 0.34, 0.351], 'CIFAR-10, corrupted +3.0 ± 0.1 (3)', 'reproduced'],
    [
      [0.3, 0.31, 0.32],
      [0.35, 0.31, 0.32],
      'CIFAR-10, corrupted +1.7 ± 7.2 (3)',
      'not reproduced: the direction shows, within the noise',
    ],
    [[0.3, 0.31, 0.32], [0.27, 0.28, 0.29], 'CIFAR-10, corrupted -3.0 ± 0.0 (3)', 'not reproduced: the other way'],
    [[0.3], [0.35], 'CIFAR-10, corrupted +5.0 (1)', 'undecided: one seed; the direction shows'],
    [[], [], 'CIFAR-10, corrupted – (0)', 'no run yet'],
  ])('%j against %j', (moco, patch, figures, expected) => {
    expect(verdict(moco, patch)).toEqual([figures, expected]);
  });
});

test('each arm is compared with one that trains without negatives', () => {
  for (const { training, baseline = 'plain' } of Object.values(arms))
    if (training?.negatives) {
      const { negatives, alpha, alphaRamp, patchRange, ...rest } = training;
      expect(arms[baseline].training?.negatives).toBeUndefined();
      // Short trainings and those that differ in more are only looked at for collapse.
      if (baseline !== 'plain') expect(arms[baseline].training).toEqual(rest);
    }
});

describe('the page of reliance', () => {
  /** A run whose shares are all `base`, or a little more for what is found. */
  const runOf = (arm: string, seed: number, base: number): RelianceRun => {
    const figure = (value: number, chance: number) => ({ value, low: 0, high: 1, chance });
    const versions = ['silhouettes', 'edges', 'textures', 'patches'] as const;
    const recall = Object.fromEntries(versions.map((version) => [version, { 10: figure(base + 0.1, 0.05) }]));
    return {
      ...{ arm, seed, date: '', backend: '', seconds: 1, settings: {}, concepts: 200, conflicts: 6000 },
      figures: { shapeShare: figure(base, 0.5), recall },
      measures: { recallFromView: { at1: 0, at10: base }, knnOfGroup: { a: base, b: base, c: base }, recallAcross: {} },
    };
  };

  test('shows means over seeds, and differences of runs with the same seed', () => {
    const runs = [runOf('plain', 1, 0.5), runOf('plain', 2, 0.6), runOf('patch-2', 1, 0.52), runOf('patch-2', 2, 0.64)];
    const { reliance, 'reliance differences': differences } = tablesOf([...runs, runOf('patch-2', 3, 0.9)]);
    expect(reliance).toContain('200 concepts, 6,000 cue conflicts');
    expect(reliance).toContain('| plain MoCo | 2 | 55.0 ± 7.1 | 65.0 ± 7.1 |');
    expect(reliance).toContain('| chance |  | 50.0 | 5.0 | 5.0 |');
    // 2 and 4 points; t at 97.5 % with one degree of freedom is 12.706. Seed 3 has no partner.
    expect(differences).toContain(`| + patches, alpha 2 | 2 | +3.0 ± ${(12.706).toFixed(1)} |`);
  });

  test('shows how trainings ended, and their alarms', () => {
    const history = [{ epoch: 0, step: 101, learningRate: 0.1, loss: 1, keySimilarity: 0.5, queueSimilarity: 0.1 }];
    const alarms = [{ kind: 'collapse', step: 60 }];
    const run = { ...runOf('plain', 1, 0.5), training: { seconds: 1, alarms, history } };
    const { 'reliance trainings': trainings } = tablesOf([run, runOf('plain', 2, 0.5)]);
    expect(trainings).toContain('| plain MoCo | 1 | 0.50 | 0.10 | – | 1: collapse, first at step 60 |');
  });

  test('is what the committed runs say, and so are the README and the claims', async () => {
    const runs = await readRuns();
    const cifar = await readCifar();
    const claims = claimTable(judge({ cifar, reliance: runs, tiny: await readTinyRuns() }));
    for (const [path, sections] of [
      [pagePath, { ...tablesOf(runs), 'reliance pytorch': pytorchTable(await readPytorchRuns(), runs) }],
      [hyperparametersPath, { 'large alpha': collapseTable(runs) }],
      [readmePath, { 'reliance fact': factOf(runs), 'accuracy fact': cifarFactOf(cifar) }],
      [reproductionPath, { claims }],
    ] as const) {
      const { page, made } = replaceAll(path, sections);
      expect(page).toBe(made);
    }
    expect(() => replaceSection('', 'reliance', '', 'a page')).toThrow('Expected <!-- reliance --> and');
  });
});

describe('the table of small nets', () => {
  const runOf = (arm: string, seed: number, trained: number): SmallNetRun => ({
    ...{ data: 'digits', net: 'dense', arm, seed, untrained: 0.4, trained, spread: 1, contrastiveAccuracy: 0 },
  });

  test('shows means over seeds, and a dash where there is no run', () => {
    const table = tableOf('digits', [runOf('readme', 1, 0.5), runOf('readme', 2, 0.6), runOf('none', 1, 0.25)]);
    expect(table).toContain('| encoder | untrained | README | none of the three |');
    expect(table).toContain(`| ${nets.dense.title} | 40.0 ± 0.0 | 55.0 ± 7.1 | 25.0 |`);
    expect(table).toContain(`| ${nets.elu.title} | – | – | – |`);
  });

  test('is what the committed runs say: the README’s loop beats the untrained net', async () => {
    const runs = await readSmallNets();
    const { page, made } = replaceAll(smallNetsPage, smallNetsTables(runs));
    expect(made).toBe(page);
    const readme = runs.filter(({ data, arm }) => data === 'cifar10' && arm === 'readme');
    expect(new Set(readme.map(({ net }) => net))).toEqual(new Set(Object.keys(nets)));
    for (const { trained, untrained } of readme) expect(trained).toBeGreaterThan(untrained);
  });
});
