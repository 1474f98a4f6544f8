import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // Registers the gradients.
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';

const values = [-3, -0.5, 0, 0.25, 1, 7, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

test('clips as before, with its gradient, and leaks nothing', async () => {
  const { restore } = await accelerate();
  const x = tf.tensor2d(values, [2, 4]);
  const clipped = () => Array.from(tf.clipByValue(x, -0.5, 1).dataSync());
  const gradient = () =>
    Array.from(
      tf
        .grad((x) => tf.sum(tf.mul(3, tf.clipByValue(x, -0.5, 1))))(x)
        .dataSync(),
    );
  const fast = tf.tidy(() => [clipped(), gradient()]);
  restore();
  expect(fast).toEqual(tf.tidy(() => [clipped(), gradient()]));
  expect(fast[0]).toEqual(values.map((value) => Math.min(1, Math.max(-0.5, value))));
  await accelerate();
  const before = tf.memory().numTensors;
  tf.clipByValue(x, 0, 1).dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('integers are clipped as before', async () => {
  const x = tf.tensor1d([-2, 0, 5], 'int32');
  const { restore } = await accelerate();
  const fast = Array.from(tf.clipByValue(x, -1, 3).dataSync());
  restore();
  expect(fast).toEqual(Array.from(tf.clipByValue(x, -1, 3).dataSync()));
});
