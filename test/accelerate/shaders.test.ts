import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers'; // Registers the gradients too.
import { batchNormalization, l2Normalize, sgd } from 'tfjs-nonsemantic-negatives';
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';
import { leakOf, maxDifference, waves } from '../support/tensors';

/*
 * The shaders of this package beside plain loops in float64, on every backend: shapes of odd sides, and sums over more rows
 * than one part takes.
 */
beforeAll(accelerate);

const size = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

/** The largest difference as a share of the largest value. */
function expectClose(actual: tf.Tensor, expected: number[], tolerance = 2e-5) {
  const scale = Math.max(1, ...expected.map(Math.abs));
  expect(maxDifference(actual, expected) / scale).toBeLessThan(tolerance);
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

describe.each([
  [[2, 41, 39, 5], 0],
  [[2, 41, 39, 5], 100],
  [[9, 7, 1, 67], -3],
  [[7, 33], 0],
  [[1, 3, 5, 2], 1],
])('batch normalization of %j about %i', (shape, center) => {
  const channels = shape[shape.length - 1];
  const [xs, dys] = [waves(size(shape)).map((x) => x + center), waves(size(shape), 1, 2)];
  const rows = xs.length / channels;
  const scales = waves(channels, 1, 3);
  const column = (values: number[], c: number) => Array.from({ length: rows }, (_, i) => values[i * channels + c]);

  test.each([
    ["this package's", batchNormalization],
    ["TensorFlow.js's", layers.batchNormalization],
  ])('the output, moving statistics and gradients of %s layer', (_, makeLayer) => {
    const layer = makeLayer({ momentum: 0.9, epsilon: 1e-3 });
    layer.build([null, ...shape.slice(1)]);
    const [gamma, , movingMean, movingVariance] = layer.weights.map((weight) => weight.read() as tf.Variable);
    gamma.assign(tf.tensor1d(scales));
    const x = tf.tensor(xs, shape);
    const dy = tf.tensor(dys, shape);
    const f = (x: tf.Tensor) => layer.apply(x, { training: true }) as tf.Tensor;
    const { value, grads } = tf.variableGrads(() => tf.sum(tf.mul(f(x), dy)) as tf.Scalar);
    const [y, dx, dGamma, dBeta] = [xs, xs, scales, scales].map(({ length }) => new Array(length).fill(0));
    const [means, variances] = [dGamma.slice(), dGamma.slice()];
    for (let c = 0; c < channels; c++) {
      const [values, slopes] = [column(xs, c), column(dys, c)];
      means[c] = sum(values) / rows;
      variances[c] = sum(values.map((value) => (value - means[c]) ** 2)) / rows;
      const r = 1 / Math.sqrt(variances[c] + 1e-3);
      const normal = values.map((value) => (value - means[c]) * r);
      dBeta[c] = sum(slopes);
      dGamma[c] = sum(slopes.map((slope, i) => slope * normal[i]));
      for (let i = 0; i < rows; i++) {
        y[i * channels + c] = normal[i] * scales[c];
        dx[i * channels + c] = r * scales[c] * (slopes[i] - dBeta[c] / rows - (normal[i] * dGamma[c]) / rows);
      }
    }
    // Of values near 100, float32 keeps 1e-5.
    const tolerance = Math.abs(center) > 10 ? 1e-3 : 2e-5;
    expectClose(movingMean, means.map((mean) => 0.1 * mean)); // biome-ignore format: one line
    expectClose(movingVariance, variances.map((variance) => 0.9 + 0.1 * variance), tolerance); // biome-ignore format: one line
    expectClose(f(x), y, tolerance);
    expectClose(tf.grad((x) => tf.mul(f(x), dy))(x), dx, tolerance);
    const [weightGradient, offsetGradient] = ['gamma', 'beta'].map(
      (name) => Object.entries(grads).find(([key]) => key.includes(name))![1],
    );
    expectClose(weightGradient, dGamma, tolerance);
    expectClose(offsetGradient, dBeta);
    tf.dispose([value, grads]);
    expect(leakOf(() => tf.tidy(() => void tf.grad((x) => tf.mul(f(x), dy))(x)))).toBe(0);
    tf.dispose(layer.weights.map((weight) => weight.read()));
  });
});

test.each([[[3, 3, 5, 7]], [[65]], [[2, 3]], [[]]])('a step of SGD with momentum, of %j', (shape) => {
  const [start, slopes] = [waves(size(shape)), waves(size(shape), 1, 2)];
  const weight = tf.variable(tf.tensor(start, shape));
  const optimizer = sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 });
  const [w, v] = [start.slice(), start.map(() => 0)];
  for (let step = 0; step < 3; step++) {
    optimizer.applyGradients([{ name: weight.name, tensor: tf.tensor(slopes, shape) }]);
    w.forEach((value, i) => {
      v[i] = 0.9 * v[i] + slopes[i] + 0.01 * value;
      w[i] = value - 0.1 * v[i];
    });
  }
  expectClose(weight, w);
  weight.dispose();
  optimizer.dispose();
});

test.each([[[3, 5]], [[4, 3, 129]], [[7]]])('unit rows of %j and their gradient', (shape) => {
  const columns = shape[shape.length - 1];
  const [xs, dys] = [waves(size(shape)), waves(size(shape), 1, 2)];
  xs.fill(0, 0, columns); // A row of zeros.
  const [y, dx] = [xs.slice(), xs.slice()];
  for (let start = 0; start < xs.length; start += columns) {
    const row = Array.from({ length: columns }, (_, i) => start + i);
    const length = Math.max(1e-3, Math.sqrt(sum(row.map((i) => xs[i] ** 2))));
    const along = sum(row.map((i) => (xs[i] / length) * dys[i]));
    for (const i of row) {
      y[i] = xs[i] / length;
      dx[i] = (dys[i] - y[i] * along) / length;
    }
  }
  expectClose(l2Normalize(tf.tensor(xs, shape), 1e-3), y);
  const dy = tf.tensor(dys, shape);
  expectClose(tf.grad((x) => tf.mul(l2Normalize(x, 1e-3), dy))(tf.tensor(xs, shape)), dx);
});

test.each([[[3, 5, 7, 3]], [[9]], [[]]])('the gradients of ReLU and of clipping, %j', (shape) => {
  const [xs, dys] = [waves(size(shape)), waves(size(shape), 1, 2)];
  const [x, dy] = [tf.tensor(xs, shape), tf.tensor(dys, shape)];
  const gradient = (f: (x: tf.Tensor) => tf.Tensor) => tf.grad((x) => tf.mul(f(x), dy))(x);
  expectClose(gradient(tf.relu), dys.map((slope, i) => (xs[i] > 0 ? slope : 0))); // biome-ignore format: one line
  const isWithin = (value: number) => value >= -0.5 && value <= 0.25;
  expectClose(gradient((x) => tf.clipByValue(x, -0.5, 0.25)), dys.map((slope, i) => (isWithin(xs[i]) ? slope : 0))); // biome-ignore format: one line
});
