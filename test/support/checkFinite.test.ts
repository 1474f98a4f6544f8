import * as tf from '@tensorflow/tfjs-core';
import { checkFinite, scaledSum } from '../../src/support/checkFinite';

const rows = 3000;
const values = (value: number, at = -1, bad = 0) =>
  tf.tidy(() => {
    const x = Float32Array.from({ length: 2 * rows }, (_, i) => (i === at ? bad : value));
    // Computed, so that the values lie on the device.
    return tf.mul(tf.tensor2d(x, [rows, 2]), 1) as tf.Tensor2D;
  });

test.each([3.4e38, -3.4e38, 1e-38, 0])('values of %p are finite, though their sum may not be', async (value) => {
  const x = values(value);
  await expect(checkFinite('input x', x)).resolves.toBeUndefined();
  x.dispose();
});

test.each([
  [0, 0],
  [0, 2 * rows - 1],
  [3.4e38, 4001],
  [-3.4e38, 17],
])('one value that is not finite among %p is found, wherever it is', async (value, at) => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    const x = values(value, at, bad);
    const { numTensors } = tf.memory();
    await expect(checkFinite('input x', x)).rejects.toThrow(
      `Expected finite numbers for input x, received ${bad} in row ${Math.floor(at / 2)}.`,
    );
    expect(tf.memory().numTensors).toBe(numTensors);
    x.dispose();
  }
});

test('opposite infinities do not cancel, and sums along an axis are told apart', async () => {
  const x = tf.tensor2d([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1, 2], [2, 2]);
  const sums = scaledSum(x, [1]);
  expect(Array.from(await sums.data(), Number.isFinite)).toEqual([false, true]);
  tf.dispose([x, sums]);
});
