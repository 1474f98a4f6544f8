import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // Registers the gradients.
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';

afterEach(async () => {
  await accelerate();
});

const inputs = (shape: number[], parameters: number[]) => {
  const normal = (seed: number, of = parameters) => tf.randomNormal(of, 0, 1, 'float32', seed);
  return [normal(1, shape), normal(2), tf.add(tf.square(normal(3)), 0.1), normal(4), normal(5)];
};

const normalize = (x: tf.Tensor, mean: tf.Tensor, variance: tf.Tensor, offset: tf.Tensor, scale: tf.Tensor) =>
  tf.batchNorm(
    x as tf.Tensor2D,
    mean as tf.Tensor1D,
    variance as tf.Tensor1D,
    offset as tf.Tensor1D,
    scale as tf.Tensor1D,
  );

describe.each([
  [[4, 3], [3]],
  [[2, 3, 4], [4]],
  [[2, 3, 2, 5], [5]],
  [[1, 1, 1, 1], [1]],
  [
    [3, 4, 2, 2],
    [3, 4, 2, 2],
  ], // Statistics of x's own shape: left to the stock gradient.
])('gradients of batchNorm, x %j, statistics %j', (shape, parameters) => {
  const loss = (...xs: tf.Tensor[]) => {
    const y = normalize(xs[0], xs[1], xs[2], xs[3], xs[4]);
    return tf.sum(tf.mul(y, tf.randomNormal(y.shape, 0, 1, 'float32', 6)));
  };

  test('equal the stock ones', async () => {
    const at = inputs(shape, parameters);
    (await accelerate()).restore();
    const stock = tf.grads(loss)(at);
    await accelerate();
    const fast = tf.grads(loss)(at);
    stock.forEach((expected, k) => {
      expect(fast[k].shape).toEqual(expected.shape);
      const values = fast[k].dataSync();
      expected.dataSync().forEach((value, i) => {
        expect(Math.abs(values[i] - value)).toBeLessThan(1e-4 * (1 + Math.abs(value)));
      });
    });
  });

  test('central differences', async () => {
    await accelerate();
    const at = inputs(shape, parameters);
    const gradients = tf.grads(loss)(at);
    at.forEach((point, k) => {
      const direction = tf.randomNormal(point.shape, 0, 1, 'float32', 7);
      const step = 0.01;
      const moved = (by: number) =>
        loss(...at.map((x, i) => (i === k ? tf.add(x, tf.mul(direction, by)) : x))).dataSync()[0];
      const slope = (moved(step) - moved(-step)) / (2 * step);
      const expected = tf.sum(tf.mul(gradients[k], direction)).dataSync()[0];
      expect(Math.abs(slope - expected)).toBeLessThan(0.02 * (1 + Math.abs(expected)));
    });
  });
});

test('a scale that is used twice gets the sum of both gradients', async () => {
  await accelerate();
  const [x, mean, variance, offset, scale] = inputs([4, 3], [3]);
  const once = (scale: tf.Tensor) => tf.sum(tf.square(normalize(x, mean, variance, offset, scale)));
  const twice = (scale: tf.Tensor) => tf.add(once(scale), once(scale)) as tf.Tensor;
  const [a, b] = [tf.grad(once)(scale).dataSync(), tf.grad(twice)(scale).dataSync()];
  a.forEach((value, i) => {
    expect(b[i]).toBeCloseTo(2 * value, 3);
  });
});

test('nothing but the gradients stays in memory', async () => {
  await accelerate();
  const at = inputs([4, 3], [3]);
  const before = tf.memory().numTensors;
  tf.dispose(tf.grads((...xs) => tf.sum(normalize(xs[0], xs[1], xs[2], xs[3], xs[4])))(at));
  expect(tf.memory().numTensors).toBe(before);
});
