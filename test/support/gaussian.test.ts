import * as tf from '@tensorflow/tfjs-core';
import { gaussian, gaussianWeights, tapDistances } from '../../src/support/gaussian';
import { padSpatial } from '../../src/support/padSpatial';

test('Gaussian weights sum to 1, are even, and fall as exp(-d² / 2 sigma²)', () => {
  const weights = gaussianWeights(tapDistances(3), 1.5);
  expect(weights.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 12);
  expect(weights).toEqual([...weights].reverse());
  expect(weights[3] / weights[1]).toBeCloseTo(Math.exp(4 / 4.5), 12);
});

test('a Gaussian of sigma 0 is one tap', () => {
  expect(gaussianWeights(tapDistances(2), 0)).toEqual([0, 0, 1, 0, 0]);
  expect(gaussian(0, 0)).toBe(1);
});

test.each([
  ['reflect', [3, 2, 1, 2, 3, 2, 1]],
  ['symmetric', [2, 1, 1, 2, 3, 3, 2]],
  [9, [9, 9, 1, 2, 3, 9, 9]],
] as const)('padding by %s', (fill, expected) => {
  const row = tf.reshape(tf.tensor1d([1, 2, 3, 1, 2, 3, 1, 2, 3]), [1, 3, 3, 1]) as tf.Tensor4D;
  const padded = padSpatial(row, 2, fill);
  expect(padded.shape).toEqual([1, 7, 7, 1]);
  expect(Array.from(tf.slice(padded, [0, 3, 0, 0], [1, 1, 7, 1]).dataSync())).toEqual(expected);
});
