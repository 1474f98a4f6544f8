import { readFileSync } from 'node:fs';
import {
  classChanges,
  correlation,
  fineLessLone,
  settingChanges,
  settingCorrelations,
} from '../../examples/reproduce/tiny-imagenet/classes';
import { tablesOf } from '../../examples/reproduce/tiny-imagenet/page';
import { readTinyRuns, type TinyRun } from '../../examples/reproduce/tiny-imagenet/results';
import { replaceSection } from '../../tools/sections';

const groups = ['dog', 'dog', 'dog', 'cup', 'bus'];

/** A run of five classes; the change of a class is what the arm adds to 0.5. */
const runOf = (arm: string, seed: number, changes: number[], edges = 0.2): TinyRun => ({
  ...{ arm, seed, config: {} as TinyRun['config'], seconds: { training: 1, evaluation: 1 } },
  accuracy: { images: 0.5 + edges, corrupted: 0.4 - edges },
  recall: { edges, textures: 0.2 },
  classes: Object.fromEntries(
    groups.map((group, i) => [`c${i}`, { group, images: 0.5 + changes[i], textures: 0.1 * (i + 1) }]),
  ),
});
const none = [0, 0, 0, 0, 0];
const runs = [
  runOf('moco', 1, none, 0.1),
  runOf('moco', 2, none, 0.2),
  runOf('patch-2', 1, [0.05, 0.04, 0.03, 0.02, 0.01], 0.3),
  runOf('patch-2', 2, [0.05, 0.04, 0.03, 0.02, 0.01], 0.4),
  runOf('patch-2', 3, [0.9, 0.9, 0.9, 0.9, 0.9]),
];

test('changes by class are means over the seeds that both arms have', () => {
  const changes = classChanges(runs, 'patch-2');
  expect(changes.map(({ isFine }) => isFine)).toEqual([true, true, true, false, false]);
  changes.forEach(({ change, textures }, i) => {
    expect(change).toBeCloseTo(5 - i);
    expect(textures).toBeCloseTo(10 * (i + 1));
  });
  expect(classChanges(runs, 'texture-2')).toEqual([]);
  expect(settingChanges(runs, 'patch-2').images.mean).toBeCloseTo(20);
});

test('classes of a group that gathers the rest are lone', () => {
  const rest = runs.map((run) => ({
    ...run,
    classes: Object.fromEntries(
      Object.entries(run.classes).map(([name, one]) => [
        name,
        { ...one, group: one.group.replace('dog', 'other mammal') },
      ]),
    ),
  }));
  expect(classChanges(rest, 'patch-2').map(({ isFine }) => isFine)).toEqual([false, false, false, false, false]);
});

test('fine less lone classes has Welch’s interval', () => {
  // 5, 4, 3 against 2, 1: variances 1 and 1/2.
  const { mean, halfInterval } = fineLessLone(classChanges(runs, 'patch-2'));
  expect(mean).toBeCloseTo(2.5);
  expect(halfInterval).toBeCloseTo(1.96 * Math.sqrt(1 / 3 + 0.5 / 2));
});

test('the correlation has Fisher’s interval, and is NaN for a constant', () => {
  // 1, 2, 3, 4 against 1, 3, 2, 4: covariance 4, variances 5.
  const { value, low, high } = correlation([1, 2, 3, 4], [1, 3, 2, 4]);
  expect(value).toBeCloseTo(0.8);
  expect(low).toBeCloseTo(Math.tanh(Math.atanh(0.8) - 1.96));
  expect(high).toBeCloseTo(Math.tanh(Math.atanh(0.8) + 1.96));
  expect(correlation([1, 1, 1, 1], [1, 3, 2, 4]).value).toBeNaN();
  const { images, corrupted } = settingCorrelations(runs.slice(0, 4));
  expect(images.value).toBeGreaterThan(0.95);
  expect(corrupted.value).toBeCloseTo(-images.value);
});

test('the page shows them, and is what the committed runs say', async () => {
  expect(tablesOf(runs)).toContain('| + patch, alpha 2 | -1.00 (-1.00 … -1.00) | +2.5 ± 1.5 | c4 1.0, c3 2.0,');
  expect(tablesOf([])).toBe('No run yet.');
  const page = readFileSync('docs/reproduction.md', 'utf8');
  expect(replaceSection(page, 'tiny-imagenet', tablesOf(await readTinyRuns()), 'docs/reproduction.md')).toBe(page);
});
