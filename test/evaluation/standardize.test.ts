import * as tf from '@tensorflow/tfjs-core';
import { knn, standardize } from 'tfjs-nonsemantic-negatives/evaluation';
import { maxDifference } from '../support/tensors';
import { expectNoLeak, featuresOf, mean, normalRows, type Rows } from './support';

function slow(rows: Rows, domains: number[]): Rows {
  return rows.map((row, i) =>
    row.map((value, j) => {
      const column = rows.filter((_, k) => domains[k] === domains[i]).map((other) => other[j]);
      const center = mean(column);
      const deviation = Math.sqrt(mean(column.map((x) => (x - center) ** 2)));
      return deviation < 1e-9 ? 0 : (value - center) / deviation;
    }),
  );
}

const rows = normalRows('standardize', 20, 5).map((row, i) =>
  row.map((value) => (i % 3) * 10 + (i % 3 === 1 ? 5 : 1) * value),
);
const domains = rows.map((_, i) => 7 - (i % 3));

test('agrees with loops, over one domain and over several', () => {
  expect(maxDifference(standardize(tf.tensor2d(rows), { domains }), slow(rows, domains).flat())).toBeLessThan(1e-4);
  const one = rows.map(() => 0);
  expect(maxDifference(standardize(tf.tensor2d(rows)), slow(rows, one).flat())).toBeLessThan(1e-5);
});

test('several domains at once are each by itself', () => {
  const together = standardize(tf.tensor2d(rows), { domains }).arraySync();
  for (const domain of new Set(domains)) {
    const own = rows.filter((_, i) => domains[i] === domain);
    const expected = standardize(tf.tensor2d(own)).arraySync().flat();
    expect(maxDifference(together.filter((_, i) => domains[i] === domain).flat(), expected)).toBeLessThan(1e-4);
  }
});

test('columns constant within a domain, and domains of one row, become 0', () => {
  const constant = tf.tensor2d([
    [0.1, 1e6, 3],
    [0.1, 1e6, 4],
    [0.1, 2e6, 5],
  ]);
  const values = standardize(constant, { domains: [0, 0, 1] }).arraySync();
  expect(values[2]).toEqual([0, 0, 0]);
  expect(values.map((row) => row.slice(0, 2))).toEqual([
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
  expect(values[0][2]).toBeCloseTo(-1, 5);
  expect(standardize(tf.tensor2d([[1], [2], [3]], undefined, 'int32')).dtype).toBe('float32');
});

test('brings together domains that lie apart', async () => {
  const centers = normalRows('classes', 4, 6);
  const labels = Array.from({ length: 40 }, (_, i) => i % 4);
  const noise = normalRows('noise', 80, 6);
  const photos = labels.map((label, i) => centers[label].map((value, j) => value + 0.3 * noise[i][j]));
  // Drawings: the same classes, far away and flat.
  const drawings = labels.map((label, i) =>
    centers[label].map((value, j) => 20 * (j % 2) + 0.2 * (value + 0.3 * noise[40 + i][j])),
  );
  const [bank, queries] = [featuresOf(photos, labels), featuresOf(drawings, labels)];
  const raw = await knn(queries, bank, { k: 3 });
  const own = (features: typeof bank) => ({ ...features, features: standardize(features.features) });
  const better = await knn(own(queries), own(bank), { k: 3 });
  expect(raw.top1).toBeLessThan(0.5);
  expect(better.top1).toBeGreaterThan(0.9);
});

test('leaks nothing and refuses what does not fit', async () => {
  const features = tf.tensor2d(rows);
  await expectNoLeak(() => standardize(features, { domains }).dispose());
  expect(() => standardize(tf.ones([3]) as never)).toThrow('input features');
  expect(() => standardize(features, { domains: [1, 2] })).toThrow(
    'Expected 20 integers, one a row for option domains',
  );
  expect(() => standardize(features, { domains: domains.map((domain) => domain / 2) })).toThrow(
    'option domains[0], received 3.5',
  );
  expect(() => standardize(features, { domain: domains } as never)).toThrow('the options of standardize');
});
