import * as tf from '@tensorflow/tfjs-core';
import {
  contrastiveAccuracy,
  contrastiveSimilarities,
  keySimilarity,
  negativeSimilarity,
  queueSimilarity,
} from 'tfjs-nonsemantic-negatives';
import { leakOf } from '../support/tensors';

const resultOf = (metric: typeof contrastiveAccuracy, x: tf.Tensor) => metric(tf.zeros([1]), x).dataSync()[0];

test('contrastiveAccuracy is the share of rows whose key scores strictly highest', () => {
  const rows = [
    [0.9, 0.1, 0.2], // highest
    [0.2, 0.9, 0.1],
    [0.5, 0.5, 0.1], // a tie does not count
    [-0.1, -0.2, -0.3], // highest
  ];
  expect(resultOf(contrastiveAccuracy, tf.tensor2d(rows))).toBe(0.5);
});

test('a key without rivals, as in a batch of one without a queue, scores 1', () => {
  expect(resultOf(contrastiveAccuracy, tf.tensor2d([[-0.5]]))).toBe(1);
});

test('a collapsed encoder, for which everything is alike, scores 0', () => {
  expect(resultOf(contrastiveAccuracy, tf.ones([5, 9]))).toBe(0);
});

describe('mean similarities', () => {
  const row = (...values: number[]) => tf.tensor2d([values]);
  // One dimension, so that each similarity is a product: 2 times 3; 5, 7; 11, 13.
  const withNegatives = () =>
    contrastiveSimilarities(row(2), row(3), { queue: tf.tensor2d([[5], [7]]), negatives: [row(11), row(13)] });
  const without = () => contrastiveSimilarities(row(2), row(3), { queue: tf.tensor2d([[5], [7]]) });

  test('are those of the key, of the queue and of the negatives', () => {
    expect(resultOf(keySimilarity, withNegatives())).toBe(6);
    expect(resultOf(queueSimilarity, withNegatives())).toBe(12);
    expect(resultOf(negativeSimilarity, withNegatives())).toBe(24);
  });

  test('of a model without negatives are NaN for the negatives', () => {
    expect(resultOf(keySimilarity, without())).toBe(6);
    expect(resultOf(queueSimilarity, without())).toBe(12);
    expect(resultOf(negativeSimilarity, without())).toBeNaN();
  });
});

test('a metric leaves its scalar and nothing else', () => {
  const x = tf.tensor2d([[1, 2, 3]]);
  const y = tf.zeros([1, 1]);
  for (const metric of [contrastiveAccuracy, keySimilarity, queueSimilarity])
    expect(leakOf(() => metric(y, x).dispose())).toBe(0);
});
