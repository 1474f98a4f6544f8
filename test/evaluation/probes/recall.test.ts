import * as tf from '@tensorflow/tfjs-core';
import { recall } from 'tfjs-nonsemantic-negatives/evaluation';
import { cosine, expectNoLeak, normalRows } from '../support';

const galleryRows = normalRows('gallery', 30, 5);
const noise = normalRows('noise', 30, 5);
// Views of the gallery's rows, in reversed order.
const queryRows = galleryRows.map((row, i) => row.map((value, j) => value + noise[i][j])).reverse();
const matches = galleryRows.map((_, i) => 29 - i);
const gallery = () => tf.tensor2d(galleryRows);
const queries = () => tf.tensor2d(queryRows);

test('agrees with plain loops', async () => {
  const expected = queryRows.map((query, i) => {
    const similarities = galleryRows.map((row) => cosine(query, row));
    return similarities.filter((similarity) => similarity >= similarities[matches[i]]).length;
  });
  const result = await recall(queries(), gallery(), { k: [1, 3, 10], matches });
  expect(result.ranks).toEqual(expected);
  const share = (k: number) => expected.filter((rank) => rank <= k).length / 30;
  expect(result.at).toEqual({ 1: share(1), 3: share(3), 10: share(10) });
  // The case is neither trivial nor hopeless.
  expect(result.at[1]).toBeGreaterThan(0.2);
  expect(result.at[1]).toBeLessThan(result.at[10]);
});

test('matches row i of the queries with row i of the gallery by default, at k 1 and 10', async () => {
  const { at, ranks } = await recall(gallery(), tf.mul(gallery(), 3));
  expect(at).toEqual({ 1: 1, 10: 1 });
  expect(ranks).toEqual(galleryRows.map(() => 1));
});

test('does not depend on the chunk size', async () => {
  const whole = await recall(queries(), gallery(), { matches });
  for (const chunkSize of [1, 7, 64]) expect(await recall(queries(), gallery(), { matches, chunkSize })).toEqual(whole);
});

test('finds nothing in collapsed embeddings or NaN', async () => {
  const { at, ranks } = await recall(tf.ones([12, 4]), tf.ones([12, 4]));
  expect(at).toEqual({ 1: 0, 10: 0 });
  expect(ranks[0]).toBe(12);
});

test('several queries may seek one row, and k may exceed the gallery', async () => {
  const { at } = await recall(
    tf.tensor2d([
      [1, 0],
      [2, 0],
      [0, 1],
    ]),
    tf.tensor2d([
      [1, 0.1],
      [0, 1],
    ]),
    {
      matches: [0, 0, 0],
      k: [1, 5],
    },
  );
  expect(at).toEqual({ 1: 2 / 3, 5: 1 });
});

test('leaks nothing', async () => {
  const [q, g] = [queries(), gallery()];
  await expectNoLeak(() => recall(q, g, { chunkSize: 7 }));
});

test('names the input that it cannot use', async () => {
  await expect(recall(queries(), tf.ones([30, 4]))).rejects.toThrow('Expected rows of 5 values, as in queries');
  await expect(recall(queries(), gallery(), { matches: [0] })).rejects.toThrow(
    'Expected 30 gallery rows, one a query for option matches, received [0].',
  );
  await expect(recall(queries(), tf.ones([29, 5]))).rejects.toThrow(
    'for option matches, received none. The gallery has 29 rows.',
  );
  await expect(recall(queries(), gallery(), { k: [0] })).rejects.toThrow('for option k[0], received 0');
});
