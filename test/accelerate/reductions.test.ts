import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';

declare const BACKEND: string;

beforeAll(async () => {
  await accelerate();
});

/** Sums over `axes` one element at a time. */
function sumByDefinition(x: tf.Tensor, axes: number[]): Float64Array {
  const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const sums = new Float64Array(tf.util.sizeFromShape(kept));
  const places = tf.util.computeStrides(kept);
  const strides = [...tf.util.computeStrides(x.shape), 1];
  x.dataSync().forEach((value, index) => {
    let [rest, place] = [index, 0];
    x.shape.forEach((_, axis) => {
      const coordinate = Math.floor(rest / strides[axis]);
      rest %= strides[axis];
      if (!axes.includes(axis)) place += coordinate * ([...places, 1][axis] ?? 1);
    });
    sums[place] += value;
  });
  return sums;
}

const shapeAndAxes = fc
  .array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 })
  .chain((shape) => fc.tuple(fc.constant(shape), fc.subarray([...shape.keys()], { minLength: 1 }), fc.boolean()));

test('sum and mean over any axes equal a plain loop', () => {
  fc.assert(
    fc.property(shapeAndAxes, ([shape, axes, keepDims]) => {
      const x = tf.randomNormal(shape, 3, 1, 'float32', 5);
      const expected = sumByDefinition(x, axes);
      const count = x.size / expected.length;
      const sum = tf.sum(x, axes, keepDims);
      const mean = tf.mean(x, axes, keepDims);
      const outShape = shape.flatMap((size, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : [size]));
      expect(sum.shape).toEqual(outShape);
      expect(mean.shape).toEqual(outShape);
      const [sums, means] = [sum.dataSync(), mean.dataSync()];
      expected.forEach((value, i) => {
        expect(Math.abs(sums[i] - value)).toBeLessThanOrEqual(1e-5 * (1 + Math.abs(value)));
        expect(Math.abs(means[i] - value / count)).toBeLessThanOrEqual(1e-5 * (1 + Math.abs(value / count)));
      });
      tf.dispose([x, sum, mean]);
    }),
    { numRuns: 60 },
  );
});

// docs/backends.md: WebGPU's own kernel sums as float32.
(BACKEND === 'webgpu' ? test.skip : test)('integers stay integers, and exact', () => {
  const sum = tf.sum(tf.tensor2d([2 ** 24, 1, 1, 2], [2, 2], 'int32'), 0);
  expect(sum.dtype).toBe('int32');
  expect(sum.arraySync()).toEqual([2 ** 24 + 1, 3]);
});

test('infinities and NaN reach only their own column', () => {
  const x = tf.tensor2d([Number.POSITIVE_INFINITY, 1, Number.NaN, 2, 3, 4], [2, 3]);
  expect(tf.sum(x, 0).arraySync()).toEqual([Number.POSITIVE_INFINITY, 4, Number.NaN]);
});

test('nothing but the result stays in memory', () => {
  const x = tf.ones([4, 3, 2]);
  const before = tf.memory().numTensors;
  tf.dispose([tf.sum(x, [0, 1]), tf.mean(x, 1), tf.sum(x, 2)]);
  expect(tf.memory().numTensors).toBe(before);
});
