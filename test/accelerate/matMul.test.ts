import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // Registers the gradients.
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';

beforeAll(async () => {
  await accelerate();
});

const flags = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const;

/** `[batch, rows, columns]` of a, and of b, so that their product is `[batch, 3, 5]`. */
const sides = (batchA: number[], batchB: number[], transposeA: boolean, transposeB: boolean) => [
  tf.randomNormal([...batchA, ...(transposeA ? [4, 3] : [3, 4])], 0, 1, 'float32', 1),
  tf.randomNormal([...batchB, ...(transposeB ? [5, 4] : [4, 5])], 0, 1, 'float32', 2),
];

describe.each([
  [[], []],
  [[1], [1]],
  [[2], [2]],
  [[1], [2]],
] as [number[], number[]][])('products of batches %j and %j', (batchA, batchB) => {
  test.each(flags)('transposed: %s, %s', (transposeA, transposeB) => {
    const [a, b] = sides(batchA, batchB, transposeA, transposeB);
    const product = tf.matMul(a, b, transposeA, transposeB);
    const batch = Math.max(batchA[0] ?? 1, batchB[0] ?? 1);
    expect(product.shape).toEqual([...(batchA.length ? [batch] : []), 3, 5]);
    const [as, bs, products] = [a.dataSync(), b.dataSync(), product.dataSync()];
    for (let n = 0; n < batch; n++)
      for (let i = 0; i < 3; i++)
        for (let j = 0; j < 5; j++) {
          let sum = 0;
          for (let k = 0; k < 4; k++) {
            const left = (batchA[0] === batch ? n * 12 : 0) + (transposeA ? k * 3 + i : i * 4 + k);
            const right = (batchB[0] === batch ? n * 20 : 0) + (transposeB ? j * 4 + k : k * 5 + j);
            sum += as[left] * bs[right];
          }
          expect(products[(n * 3 + i) * 5 + j]).toBeCloseTo(sum, 5);
        }
  });
});

test('a batch of 3x3 mixtures of long rows is the sum of its three products', () => {
  const a = tf.randomNormal([5, 3, 3], 0, 1, 'float32', 5) as tf.Tensor3D;
  const b = tf.randomNormal([5, 3, 67], 0, 1, 'float32', 6) as tf.Tensor3D;
  const product = tf.matMul(a, b);
  expect(product.shape).toEqual([5, 3, 67]);
  const [as, bs, products] = [a.dataSync(), b.dataSync(), product.dataSync()];
  for (let i = 0; i < 15; i++)
    for (let j = 0; j < 67; j++) {
      let sum = 0;
      for (let k = 0; k < 3; k++) sum += as[3 * i + k] * bs[(3 * Math.floor(i / 3) + k) * 67 + j];
      expect(products[67 * i + j]).toBeCloseTo(sum, 5);
    }
});

test.each(flags)('central differences, transposed: %s, %s', (transposeA, transposeB) => {
  const [a, b] = sides([], [], transposeA, transposeB);
  const weights = tf.randomNormal([3, 5], 0, 1, 'float32', 3);
  const loss = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.mul(tf.matMul(a, b, transposeA, transposeB), weights));
  const [dA] = tf.grads(loss)([a, b]);
  const direction = tf.randomNormal(a.shape, 0, 1, 'float32', 4);
  const at = (step: number) => loss(tf.add(a, tf.mul(direction, step)), b).dataSync()[0];
  expect(at(0.5) - at(-0.5)).toBeCloseTo(tf.sum(tf.mul(dA, direction)).dataSync()[0], 3);
});

test('nothing but the product stays in memory', () => {
  const [a, b] = sides([], [], true, true);
  const before = tf.memory();
  tf.matMul(a, b, true, true).dispose();
  expect(tf.memory().numTensors).toBe(before.numTensors);
  expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
});
