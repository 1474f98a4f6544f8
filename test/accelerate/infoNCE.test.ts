import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { nonSemanticInfoNCE } from 'tfjs-nonsemantic-negatives';
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';
import { kernelsOf, launchesOf } from '../backends/mocoStep';
import { reference, type Setting, similarities } from '../losses/infoNCE';
import { runs } from '../support/runs';
import { leakOf, maxDifference } from '../support/tensors';

declare const BACKEND: string;

/* The fused loss beside equation 2 in float64, on every backend: where it has no such kernel, by operations. */
beforeAll(accelerate);

const valueAndGradient = (rows: number[][], setting: Setting) =>
  tf.tidy(() => {
    const { value, grad } = tf.valueAndGrad((x) => nonSemanticInfoNCE(setting)(null, x))(tf.tensor2d(rows));
    return { loss: value.dataSync()[0], gradient: Array.from(grad.dataSync()) };
  });

const setting = fc.record({
  batch: fc.integer({ min: 1, max: 9 }),
  columns: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 500, max: 1500 })), // in one part, and in several
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  temperature: fc.double({ min: 0.05, max: 5, noNaN: true }),
  alpha: fc.double({ min: -3, max: 5, noNaN: true }),
});

test('loss and gradient are those of float64 for any shape, temperature, alpha and number of negatives', () => {
  fc.assert(
    fc.property(setting, ({ batch, columns, share, temperature, alpha }) => {
      const setting = { temperature, alpha, negatives: Math.floor(share * (columns - 1)) };
      const rows = similarities(batch, columns);
      const expected = reference(rows, setting);
      const { loss, gradient } = valueAndGradient(rows, setting);
      const scale = Math.max(1, Math.abs(alpha)) / temperature;
      expect(Math.abs(loss - expected.loss)).toBeLessThan(3e-6 * scale);
      expect(maxDifference(gradient, expected.gradient)).toBeLessThan(3e-6 * scale * scale);
    }),
    { numRuns: runs(40), seed: 1 },
  );
});

test('the gradient is that of central differences of the loss', () => {
  const [setting, step] = [{ temperature: 0.5, alpha: -2, negatives: 2 }, 2 ** -6];
  const rows = similarities(3, 7);
  const { gradient } = valueAndGradient(rows, setting);
  const lossAt = (i: number, j: number, offset: number) =>
    valueAndGradient(
      rows.map((row, k) => row.map((x, l) => (k === i && l === j ? x + offset : x))),
      setting,
    ).loss;
  const numeric = rows.flatMap((row, i) => row.map((_, j) => (lossAt(i, j, step) - lossAt(i, j, -step)) / (2 * step)));
  expect(maxDifference(gradient, numeric)).toBeLessThan(1e-3);
});

test('large logits do not overflow, and a factor on the loss passes through', () => {
  const setting = { temperature: 0.01, alpha: 3, negatives: 1 };
  const rows = similarities(3, 600, 10);
  const expected = reference(rows, setting);
  const { loss, gradient } = valueAndGradient(rows, setting);
  expect(Math.abs(loss / expected.loss - 1)).toBeLessThan(1e-5);
  expect(maxDifference(gradient, expected.gradient) / 100).toBeLessThan(1e-3);
  const twice = tf
    .grad((x) => tf.mul(nonSemanticInfoNCE(setting)(null, x), -2))(tf.tensor2d(rows))
    .dataSync();
  expect(maxDifference(twice, gradient.map((value) => -2 * value))).toBeLessThan(1e-4); // biome-ignore format: one line
});

test('a product of the gradient meets nothing beyond its last row and column, whose exponentials overflow', () => {
  const loss = nonSemanticInfoNCE({ temperature: 0.005, negatives: 0 });
  const gradient = tf.grad((x) => loss(null, x))(tf.fill([3, 5], -1));
  expect(maxDifference(tf.matMul(gradient, tf.ones([5, 2])), Array(6).fill(0))).toBeLessThan(1e-4);
  expect(maxDifference(tf.matMul(gradient, tf.ones([3, 1]), true), [-160, 40, 40, 40, 40])).toBeLessThan(0.01);
});

test('neither NaN nor an infinite similarity gives a finite loss', () => {
  const rows = similarities(3, 600);
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const spoilt = rows.map((row, i) => row.map((x, j) => (i === 1 && j === 555 ? value : x)));
    const { loss } = valueAndGradient(spoilt, { temperature: 0.2, alpha: 2, negatives: 1 });
    expect(Number.isFinite(loss)).toBe(false);
  }
});

test('an excluded column, -Infinity, has no share', () => {
  const setting = { temperature: 0.2, alpha: 2, negatives: 1 };
  const rows = similarities(3, 5);
  const { loss, gradient } = valueAndGradient(rows.map(([key, , ...rest]) => [key, Number.NEGATIVE_INFINITY, ...rest]), setting); // biome-ignore format: one line
  const expected = reference(rows.map(([key, , ...rest]) => [key, ...rest]), setting); // biome-ignore format: one line
  expect(loss).toBeCloseTo(expected.loss, 5);
  expect([1, 6, 11].map((place) => gradient[place])).toEqual([0, 0, 0]);
});

test('nothing leaks', () => {
  const x = tf.tensor2d(similarities(4, 600));
  const loss = nonSemanticInfoNCE({ negatives: 1 });
  expect(leakOf(() => tf.dispose(tf.valueAndGrad((x) => loss(null, x))(x)))).toBe(0);
});

const onGpus = ['webgl', 'webgpu'].includes(BACKEND) ? test : test.skip;
onGpus('takes two kernels, in a launch for parts of rows, their whole, the loss and the gradient', () => {
  const x = tf.variable(tf.tensor2d(similarities(4, 4096)));
  const loss = nonSemanticInfoNCE({ negatives: 1 });
  const step = () => tf.dispose(tf.valueAndGrad((x) => loss(null, x))(x));
  step();
  // Parts, their sum, the loss, its gradient; on webgl dy is uploaded by a launch.
  expect([kernelsOf(step), launchesOf(step)]).toEqual([2, BACKEND === 'webgl' ? 5 : 4]);
  x.dispose();
});
