import * as tf from '@tensorflow/tfjs-core';
import { l2Normalize } from 'tfjs-nonsemantic-negatives';
import { inHalfPrecision } from './half';
import { leakOf, maxDifference, waves } from './tensors';

declare const BACKEND: string;

test('rows keep their direction and get length 1', () => {
  const x = tf.tensor3d(waves(24, 7), [2, 3, 4]);
  const expected = tf.div(x, tf.norm(x, 2, -1, true));
  expect(l2Normalize(x).shape).toEqual([2, 3, 4]);
  expect(maxDifference(l2Normalize(x), expected)).toBeLessThan(1e-6);
});

test('a row of zeros stays zero and has a finite gradient', () => {
  const x = tf.tensor2d([
    [0, 0, 0],
    [3, 0, 4],
  ]);
  const rows = l2Normalize(x);
  expect(maxDifference(rows, [0, 0, 0, 0.6, 0, 0.8])).toBeLessThan(1e-6);
  const gradient = tf
    .grad((y) => tf.sum(l2Normalize(y)))(x)
    .dataSync();
  expect(gradient.every(Number.isFinite)).toBe(true);
});

test('rows shorter than epsilon are divided by epsilon', () => {
  expect(maxDifference(l2Normalize(tf.tensor1d([0.003, 0.004]), 0.01), [0.3, 0.4])).toBeLessThan(1e-6);
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
  expect(maxDifference(gradient, numeric)).toBeLessThan(1e-5);
});

test('leaves its result and nothing else', () => {
  const x = tf.tensor2d(waves(6), [2, 3]);
  expect(leakOf(() => l2Normalize(x).dispose())).toBe(0);
});

test('the second derivative agrees with central differences', () => {
  const values = waves(4);
  const weights = waves(4, 1, 2);
  const first = (x: tf.Tensor) => tf.grad((y) => tf.sum(tf.mul(l2Normalize(y), weights)))(x);
  const second = tf.grad((x) => tf.sum(tf.square(first(x))))(tf.tensor1d(values));
  const numeric = values.map((_, i) => {
    const at = (offset: number) =>
      tf.sum(tf.square(first(tf.tensor1d(values.map((v, j) => (i === j ? v + offset : v)))))).dataSync()[0];
    return (at(1e-2) - at(-1e-2)) / 2e-2;
  });
  // float32 over a distance of 1e-2, and the curvature within it.
  expect(maxDifference(second, numeric)).toBeLessThan(5e-3);
});

test('vectors of any length whose square float32 holds', () => {
  for (const length of [1e-11, 1e-6, 1, 1e6, 1e18]) {
    const x = tf.tensor1d([3 * length, -4 * length]);
    expect(maxDifference(l2Normalize(x), [0.6, -0.8])).toBeLessThan(1e-6);
    const gradient = tf
      .grad((y) => tf.sum(tf.slice(l2Normalize(y), 0, 1)))(x)
      .dataSync();
    [0.128, 0.096].forEach((expected, i) => {
      expect(gradient[i] * length).toBeCloseTo(expected, 5);
    });
  }
});

describe('in 16-bit floats', () => {
  const onCpu = BACKEND === 'cpu' ? test : test.skip;

  onCpu.each([0, 6.2e-5, 2e-4, 1e-2, 1, 255, 300, 3e4])('rows of values up to %p', (size) => {
    inHalfPrecision(() => {
      const values = waves(512, size, 1);
      const x = tf.tensor2d(values, [2, 256]);
      const rows = l2Normalize(x);
      const lengths = tf.sqrt(tf.sum(tf.square(rows), 1));
      expect(maxDifference(lengths, size === 0 ? [0, 0] : [1, 1])).toBeLessThan(4e-3);
      const weights = tf.tensor2d(waves(512, 1, 3), [2, 256]);
      const gradient = tf
        .grad((y) => tf.sum(tf.mul(l2Normalize(y as tf.Tensor2D), weights)))(x)
        .dataSync();
      expect(gradient.every(Number.isFinite)).toBe(true);
      // Against float64, for the first row; gradients of longer rows are too small for 16 bits.
      if (size !== 1 && size !== 1e-2) return;
      const [v, w] = [values.slice(0, 256), waves(256, 1, 3)];
      const length = Math.hypot(...v);
      const along = v.reduce((sum, value, i) => sum + (value / length) * w[i], 0);
      const exact = v.map((value, i) => (w[i] - (value / length) * along) / length);
      const scale = Math.max(...exact.map(Math.abs));
      expect(maxDifference(gradient.slice(0, 256), exact) / scale).toBeLessThan(2e-2);
    });
  });
});
