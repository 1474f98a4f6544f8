import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // Registers the gradients.
import fc from 'fast-check';

declare const BACKEND: string;

import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';

beforeAll(async () => {
  await accelerate();
});

test('adds up the rows of each segment, and leaves a segment without rows zero', () => {
  const x = tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [4, 2]);
  const sums = tf.unsortedSegmentSum(x, tf.tensor1d([2, 0, 2, 0], 'int32'), 4);
  expect(sums.arraySync()).toEqual([
    [10, 12],
    [0, 0],
    [6, 8],
    [0, 0],
  ]);
});

// TensorFlow refuses them on a CPU.
(BACKEND === 'tensorflow' ? test.skip : test)('drops rows whose segment is out of range', () => {
  const x = tf.tensor1d([1, 2, 4, 8, 16]);
  const sums = tf.unsortedSegmentSum(x, tf.tensor1d([-1, 0, 1, 2, 100], 'int32'), 2);
  expect(sums.arraySync()).toEqual([2, 4]);
});

test('equals a plain loop', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: -9, max: 9 })), { minLength: 1 }),
      (rows) => {
        const expected = [0, 0, 0, 0, 0, 0];
        for (const [segment, value] of rows) expected[segment] += value;
        const sums = tf.tidy(() =>
          tf
            .unsortedSegmentSum(
              tf.tensor1d(rows.map(([, value]) => value)),
              tf.tensor1d(
                rows.map(([segment]) => segment),
                'int32',
              ),
              6,
            )
            .arraySync(),
        );
        expect(sums).toEqual(expected);
      },
    ),
    { numRuns: 30 },
  );
});

test('is the gradient of gather, along any axis, for rows taken twice', () => {
  const x = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
  const taken = tf.tensor1d([2, 0, 2], 'int32');
  const weights = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
  const gradient = tf.grad((x) => tf.sum(tf.mul(tf.gather(x, taken, 1), weights)))(x);
  expect(gradient.arraySync()).toEqual([
    [2, 0, 4],
    [5, 0, 10],
  ]);
});

test('nothing but the sums stays in memory', () => {
  const x = tf.ones([4, 2]);
  const segments = tf.tensor1d([0, 1, 1, 3], 'int32');
  const before = tf.memory().numTensors;
  tf.unsortedSegmentSum(x, segments, 4).dispose();
  expect(tf.memory().numTensors).toBe(before);
});
