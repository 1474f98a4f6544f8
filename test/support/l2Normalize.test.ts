import * as tf from '@tensorflow/tfjs-core';
import { l2Normalize } from 'tfjs-nonsemantic-negatives';
import { greatestDifference, leakOf, waves } from './tensors';

test('rows have length 1 and the direction that they had', () => {
  const x = tf.tensor3d(waves(24, 7), [2, 3, 4]);
  const expected = tf.div(x, tf.norm(x, 2, -1, true));
  expect(l2Normalize(x).shape).toEqual([2, 3, 4]);
  expect(greatestDifference(l2Normalize(x), expected)).toBeLessThan(1e-6);
});

test('a row of zeros stays zero and has a finite gradient', () => {
  const x = tf.tensor2d([
    [0, 0, 0],
    [3, 0, 4],
  ]);
  const rows = l2Normalize(x);
  expect(greatestDifference(rows, [0, 0, 0, 0.6, 0, 0.8])).toBeLessThan(1e-6);
  const gradient = tf
    .grad((y) => tf.sum(l2Normalize(y)))(x)
    .dataSync();
  expect(gradient.every(Number.isFinite)).toBe(true);
});

test('rows shorter than epsilon are divided by epsilon', () => {
  expect(greatestDifference(l2Normalize(tf.tensor1d([0.003, 0.004]), 0.01), [0.3, 0.4])).toBeLessThan(1e-6);
});

test('the gradient agrees with central differences', () => {
  const values = waves(4);
  const weights = waves(4, 1, 2);
  const score = (x: number[]) => {
    const length = Math.hypot(...x);
    return x.reduce((sum, v, i) => sum + (weights[i] * v) / length, 0);
  };
  const numeric = values.map((_, i) => {
    const at = (offset: number) => score(values.map((v, j) => (i === j ? v + offset : v)));
    return (at(1e-5) - at(-1e-5)) / 2e-5;
  });
  const gradient = tf.grad((x) => tf.sum(tf.mul(l2Normalize(x), weights)))(tf.tensor1d(values));
  expect(greatestDifference(gradient, numeric)).toBeLessThan(1e-5);
});

test('leaves its result and nothing else', () => {
  const x = tf.tensor2d(waves(6), [2, 3]);
  expect(leakOf(() => l2Normalize(x).dispose())).toBe(0);
});
