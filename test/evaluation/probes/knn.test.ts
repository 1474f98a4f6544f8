import * as tf from '@tensorflow/tfjs-core';
import { knn } from 'tfjs-nonsemantic-negatives/evaluation';
import { cosine, expectNoLeak, featuresOf, normalRows, type Rows, randomLabels } from '../support';

const classes = 7;
const bankRows = normalRows('bank', 40, 6);
const bankLabels = randomLabels('bank', 40, classes);
const queryRows = normalRows('queries', 23, 6);
const queryLabels = randomLabels('queries', 23, classes);
const bank = () => featuresOf(bankRows, bankLabels);
const queries = () => featuresOf(queryRows, queryLabels);

/** The same by sorting everything, one query after the other. */
function slowKnn(rows: Rows, labels: number[], k: number, temperature: number) {
  const rankings = rows.map((row) => {
    const votes: number[] = Array(classes).fill(0);
    bankRows
      .map((other, i) => ({ similarity: cosine(row, other), label: bankLabels[i] }))
      .sort((a, b) => b.similarity - a.similarity)
      .slice(0, k)
      .forEach(({ similarity, label }) => {
        votes[label] += Math.exp(similarity / temperature);
      });
    return votes
      .map((vote, label) => ({ vote, label }))
      .filter(({ vote }) => vote > 0)
      .sort((a, b) => b.vote - a.vote)
      .map(({ label }) => label);
  });
  const share = (top: number) =>
    rankings.filter((ranking, i) => ranking.slice(0, top).includes(labels[i])).length / rows.length;
  const predictions = rankings.map(([first]) => first);
  // Each query weighs as much as its class has few others.
  const weights = labels.map((label) => 1 / labels.filter((other) => other === label).length);
  const sum = weights.filter((_, i) => predictions[i] === labels[i]).reduce((a, b) => a + b, 0);
  const seen = new Set(labels).size;
  return {
    top1: share(1),
    top5: share(5),
    balancedAccuracy: expect.closeTo(sum / seen, 10),
    chance: 1 / seen,
    predictions,
  };
}

test.each([
  [1, 0.1],
  [5, 0.1],
  [12, 1],
  [40, 0.07],
])('agrees with plain loops at k %i, temperature %d', async (k, temperature) => {
  const result = await knn(queries(), bank(), { k, temperature });
  expect(result).toEqual(slowKnn(queryRows, queryLabels, k, temperature));
});

test('does not depend on the chunk size', async () => {
  const whole = await knn(queries(), bank(), { k: 9 });
  for (const chunkSize of [1, 4, 23, 100]) expect(await knn(queries(), bank(), { k: 9, chunkSize })).toEqual(whole);
});

test('lets the whole bank vote when k exceeds it', async () => {
  expect(await knn(queries(), bank(), { k: 41 })).toEqual(await knn(queries(), bank(), { k: 40 }));
  expect(await knn(queries(), bank())).toEqual(await knn(queries(), bank(), { k: 40 }));
});

test('the nearest decides at a small temperature, the majority at a large one', async () => {
  const rows = [
    [1, 0],
    [0.8, 0.6],
    [0.8, -0.6],
  ];
  const labeled = featuresOf(rows, [1, 2, 2]);
  const query = () => featuresOf([[1, 0]], [1]);
  expect((await knn(query(), labeled, { k: 3, temperature: 1e-4 })).predictions).toEqual([1]);
  expect((await knn(query(), labeled, { k: 3, temperature: 100 })).predictions).toEqual([2]);
});

test('equal votes go to the smaller label, equal similarities to the earlier row', async () => {
  const same = featuresOf(
    [
      [2, 0],
      [1, 0],
      [3, 0],
    ],
    [5, 4, 3],
  );
  const query = () => featuresOf([[1, 0]], [4]);
  expect((await knn(query(), same, { k: 3 })).predictions).toEqual([3]);
  expect((await knn(query(), same, { k: 2 })).predictions).toEqual([4]);
  expect((await knn(query(), same, { k: 1 })).predictions).toEqual([5]);
});

test('a label without a vote is not among the five', async () => {
  const labeled = featuresOf(
    [
      [1, 0],
      [0, 1],
    ],
    [0, 1],
  );
  const result = await knn(
    featuresOf(
      [
        [1, 0],
        [1, 0],
      ],
      [1, 2],
    ),
    labeled,
    { k: 2 },
  );
  expect(result).toEqual({ top1: 0, top5: 0.5, balancedAccuracy: 0, chance: 0.5, predictions: [0, 0] });
});

test('ignores the length of rows', async () => {
  const scaled = featuresOf(
    queryRows.map((row, i) => row.map((value) => value * (i + 1))),
    queryLabels,
  );
  expect(await knn(scaled, bank(), { k: 5 })).toEqual(await knn(queries(), bank(), { k: 5 }));
});

test('leaks nothing', async () => {
  const [q, b] = [queries(), bank()];
  await expectNoLeak(() => knn(q, b, { chunkSize: 5 }));
});

test('names the input that it cannot use', async () => {
  await expect(knn(featuresOf([[1, 2]], [0]), bank())).rejects.toThrow(
    'Expected rows of 2 values, as in queries.features for input bank.features, received a float32 tensor of shape [40, 6].',
  );
  const unlabeled = { ...queries(), labels: tf.tensor1d([1], 'int32') };
  await expect(knn(unlabeled, bank())).rejects.toThrow(
    'Expected an int32 or float32 tensor of shape [23] for input queries.labels',
  );
  await expect(knn(queries(), bank(), { k: 0 })).rejects.toThrow('Expected an integer of at least 1 for option k');
  await expect(knn(queries(), bank(), { temperature: 0 })).rejects.toThrow(
    'Expected a number above 0 for option temperature, received 0.',
  );
  await expect(knn(queries(), bank(), { chunkSize: 0.5 })).rejects.toThrow('for option chunkSize');
});
