import * as tf from '@tensorflow/tfjs-core';
import { patchNegative, randomStream } from 'tfjs-nonsemantic-negatives';
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';
import { bytesOf } from '../support/tensors';

test('patch negatives are the same to the bit, with any patch sizes and spare cells, and leak nothing', async () => {
  const images = tf.randomNormal([4, 7, 9, 3], 0, 1, 'float32', 1) as tf.Tensor4D;
  const params = [1, 2, 5, 7].map((size) =>
    patchNegative({ patchRange: [size, size] }).sample([7, 9, 3], randomStream('patches', size)),
  );
  const offsets = Array.from({ length: 9 }, (_, i) => [i % 4, i % 6] as const);
  params[2] = { patchSize: 3, grid: [3, 3], offsets };
  params[3] = { patchSize: 4, grid: [2, 4], offsets: offsets.slice(0, 8).map(([top]) => [top, top] as const) };
  const bytes = () => tf.tidy(() => bytesOf(patchNegative().apply(images, params)));

  const { restore } = await accelerate();
  const before = tf.memory().numTensors;
  const fast = bytes();
  expect(tf.memory().numTensors).toBe(before);
  restore();
  expect(bytes()).toBe(fast);
  await accelerate();
});
