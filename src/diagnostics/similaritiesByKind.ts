import * as tf from '@tensorflow/tfjs-core';
import { directionsOf } from '../layers/byolRows';
import { checkSimilarities, knownNegatives } from '../layers/contrastiveSimilarities';
import { checkNumber } from '../support/checks';

/** What a query is compared with: `key`, `queue` (the ordinary negatives), `negative_0`, `negative_1`, … */
export type SimilarityKind = 'key' | 'queue' | `negative_${number}`;

/**
 * Splits the similarities of queries by what they are compared with, each into a flat tensor. Empty kinds are left out.
 *
 * @param yPred Similarities `[N, 1 + K + M]` of a `memoryQueue` or of `contrastiveSimilarities`, or the rows of a
 *   `byol` layer, in which predictions are the queries and there is no queue.
 * @param negatives M, needed for any other tensor. @default as the layer made them
 * @throws ArgumentError for another tensor, and if M is neither remembered nor given.
 */
export function similaritiesByKind(yPred: tf.Tensor, negatives?: number): [SimilarityKind, tf.Tensor1D][] {
  const directions = yPred instanceof tf.Tensor ? directionsOf(yPred) : undefined;
  if (directions) return byolSimilarities(yPred, directions);
  const [batch, columns] = checkSimilarities('similarity statistics', yPred).shape;
  const count = knownNegatives(yPred, negatives);
  checkNumber('negatives', count, { min: 0, max: columns - 1, integer: true });
  const sizes = [1, columns - 1 - count, ...Array(count).fill(1)];
  return sizes
    .map((size, i): [SimilarityKind, number, number] => [kindOf(i), i < 2 ? i : columns - count + i - 2, size])
    .filter(([, , size]) => size > 0)
    .map(([kind, start, size]) => [kind, flat(tf.slice(yPred, [0, start], [batch, size]))]);
}

function byolSimilarities(rows: tf.Tensor, directions: readonly number[]): [SimilarityKind, tf.Tensor1D][] {
  const [batch, , dimensions] = rows.shape as [number, number, number];
  const row = (i: number) => tf.slice(rows, [0, i, 0], [batch, 1, dimensions]);
  const dot = (a: tf.Tensor, b: tf.Tensor) => flat(tf.sum(tf.mul(a, b), -1));
  const keys: tf.Tensor1D[] = [];
  const own: tf.Tensor1D[] = [];
  let start = 0;
  for (const negatives of directions) {
    const prediction = row(start);
    keys.push(dot(prediction, row(start + 1)));
    for (let m = 0; m < negatives; m++) own.push(dot(prediction, row(start + 2 + m)));
    start += 2 + negatives;
  }
  return [['key', tf.concat1d(keys)], ...own.map((x, m): [SimilarityKind, tf.Tensor1D] => [kindOf(2 + m), x])];
}

const kindOf = (i: number): SimilarityKind => (i === 0 ? 'key' : i === 1 ? 'queue' : `negative_${i - 2}`);
const flat = (x: tf.Tensor) => tf.reshape(x, [x.size]) as tf.Tensor1D;
