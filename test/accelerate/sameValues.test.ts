import * as tf from '@tensorflow/tfjs-core';
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';
import { maxDifference } from '../support/tensors';

const noise = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);
const convolve =
  (channels: number, size: number, strides: number, pad: 'same' | 'valid', dilations = 1) =>
  () =>
    tf.conv2d(
      noise([2, 11, 9, channels], 1) as tf.Tensor4D,
      noise([size, size, channels, 5], 2) as tf.Tensor4D,
      strides,
      pad,
      'NHWC',
      dilations,
    );
const fused = (bias: boolean, activation: 'linear' | 'relu') => () =>
  tf.fused.conv2d({
    x: noise([2, 6, 6, 3], 3) as tf.Tensor4D,
    filter: noise([3, 3, 3, 4], 4) as tf.Tensor4D,
    strides: [2, 1],
    pad: 'same',
    bias: bias ? noise([4], 5) : undefined,
    activation,
  });

const depthwise = (multiplier: number, strides: number, pad: 'same' | 'valid') => () =>
  tf.depthwiseConv2d(
    noise([2, 9, 8, 6], 14) as tf.Tensor4D,
    noise([3, 5, 6, multiplier], 15) as tf.Tensor4D,
    strides,
    pad,
  );

test.each([
  ['convolution of a picture', convolve(3, 3, 2, 'valid')],
  ['convolution of a picture at the same size', convolve(3, 7, 2, 'same')],
  ['convolution of gray', convolve(1, 1, 1, 'same')],
  ['convolution with dilation', convolve(3, 3, 1, 'valid', 2)],
  ['convolution of many channels', convolve(6, 3, 1, 'same')],
  ['fused convolution', fused(false, 'linear')],
  ['fused convolution with bias', fused(true, 'linear')],
  ['fused convolution with ReLU', fused(false, 'relu')],
  ['depthwise convolution', depthwise(1, 1, 'valid')],
  ['depthwise convolution at the same size', depthwise(1, 2, 'same')],
  ['depthwise convolution to more channels', depthwise(2, 1, 'same')],
  ['products', () => tf.matMul(noise([3, 2, 4, 5], 9), noise([3, 2, 6, 5], 10), false, true)],
  ['products with one matrix', () => tf.matMul(noise([3, 4, 5], 9), noise([1, 5, 6], 10))],
  ['transpose', () => tf.transpose(noise([2, 3, 4, 5], 11), [2, 0, 3, 1])],
  ['transpose of six axes', () => tf.transpose(noise([2, 1, 2, 3, 2, 2], 12), [5, 3, 1, 0, 2, 4])],
  ['transpose of a matrix', () => tf.transpose(noise([7, 9], 13))],
  ['softmax', () => tf.softmax(tf.mul(noise([7, 33], 6), 50))],
  ['softmax of vectors', () => tf.softmax(noise([2, 3, 5], 7))],
  ['softmax of one row', () => tf.softmax(noise([9], 8))],
])('%s is the same as before', async (_, compute) => {
  const { restore } = await accelerate();
  const fast = compute();
  restore();
  const stock = compute();
  expect([fast.shape, fast.dtype]).toEqual([stock.shape, stock.dtype]);
  // Up to 147 summands of size 1, in another order.
  expect(maxDifference(fast, stock.dataSync())).toBeLessThan(3e-5);
});

test('softmax shows a NaN, in its own row', async () => {
  const { restore } = await accelerate();
  const values = tf.softmax(tf.tensor2d([Number.NaN, 0, 1, 1], [2, 2])).dataSync();
  restore();
  expect(Number.isNaN(values[0])).toBe(true);
  expect([values[2], values[3]]).toEqual([0.5, 0.5]);
});

// The suite's set-up accelerates wasm.
afterAll(accelerate);
