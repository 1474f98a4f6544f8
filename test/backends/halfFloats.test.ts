/** What must hold with 16-bit floats too, as on WebGL of many phones: they end at 65504, and below 6e-5 they are 0 there. */
import * as tf from '@tensorflow/tfjs-core';
import { contrastiveSimilarities, embeddingStd, l2Normalize, nonSemanticInfoNCE } from 'tfjs-nonsemantic-negatives';
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';
import { alignment, uniformity } from 'tfjs-nonsemantic-negatives/evaluation';
import { hasHalfFloats } from '../../src/support/hasHalfFloats';
import { waves } from '../support/tensors';
import { mocoStep } from './mocoStep';

/** Of a value near 1. */
const precision = () => (hasHalfFloats() ? 0.02 : 1e-4);
const near = (value: number, expected: number) =>
  expect(Math.abs(value - expected) / Math.max(1, Math.abs(expected))).toBeLessThan(precision());

const [rows, columns] = [6, 8];
const lists = (from: number) =>
  Array.from({ length: rows }, (_, i) => waves(columns, 1, 10 * from + i)).map((row) => {
    const length = Math.hypot(...row);
    return row.map((value) => value / length);
  });
const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i], 0);
const pairs = (count: number) =>
  Array.from({ length: count }, (_, i) => Array.from({ length: i }, (_, j) => [i, j])).flat();
const meanOf = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test.each([0, 3e-4, 0.01, 1, 200, 3000])('rows of entries near %d become unit rows, or stay zero', async (size) => {
  const x = tf.tensor2d(lists(1).map((row) => row.map((value) => size * value)));
  const lengths = tf.norm(l2Normalize(x), 2, 1);
  for (const length of await lengths.data()) near(length, size === 0 ? 0 : 1);
  const gradient = tf.grad((y) => tf.sum(l2Normalize(y)))(x);
  expect((await gradient.data()).every(Number.isFinite)).toBe(true);
});

test('embeddings are measured as by hand', async () => {
  const [a, b] = [lists(1), lists(2)];
  const [x, y] = [tf.tensor2d(a), tf.tensor2d(b)];
  const apart = pairs(rows).map(([i, j]) => Math.exp(-2 * (2 - 2 * dot(a[i], a[j]))));
  near(await uniformity(x), Math.log(meanOf(apart)));
  near(await alignment(x, y), meanOf(a.map((row, i) => 2 - 2 * dot(row, b[i]))));
  const deviations = Array.from({ length: columns }, (_, d) => {
    const column = a.map((row) => row[d]);
    return Math.sqrt(meanOf(column.map((value) => (value - meanOf(column)) ** 2)));
  });
  near(await embeddingStd(x), meanOf(deviations));
});

test.each(['as shipped', 'after accelerate()'])(
  'the loss is the logarithm of the softmax, also where exponentials overflow, %s',
  async (way) => {
    const { restore } = await accelerate();
    if (way === 'as shipped') restore();
    const [query, key, negative, queue] = [1, 2, 3, 4].map(lists);
    for (const temperature of [0.2, 0.02]) {
      const similarities = contrastiveSimilarities(tf.tensor2d(query), tf.tensor2d(key), {
        queue: tf.tensor2d(queue),
        negatives: [tf.tensor2d(negative)],
      });
      const loss = nonSemanticInfoNCE({ temperature, alpha: 2 });
      const value = tf.mean(loss(tf.zeros([rows, 2 + rows]), similarities));
      const expected = query.map((q, i) => {
        const logits = [dot(q, key[i]), ...queue.map((u) => dot(q, u)), 2 * dot(q, negative[i])].map(
          (s) => s / temperature,
        );
        const largest = Math.max(...logits);
        return largest + Math.log(logits.reduce((sum, z) => sum + Math.exp(z - largest), 0)) - logits[0];
      });
      near((await value.data())[0], meanOf(expected));
    }
    restore();
  },
);

test('steps of MoCo stay finite after accelerate()', async () => {
  // The gradient of TensorFlow.js's batch normalization cubes 1 / σ.
  const { restore } = await accelerate();
  const { train, augment } = mocoStep();
  for (let i = 0; i < 3; i++) {
    const [loss] = train(augment());
    expect(Number.isFinite((await loss.data())[0])).toBe(true);
  }
  restore();
});

test('embeddings that are no numbers are seen', async () => {
  expect(await embeddingStd(tf.fill([4, 3], Number.NaN))).toBeNaN();
});
