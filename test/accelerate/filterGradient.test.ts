import * as tf from '@tensorflow/tfjs-core';
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';
import { maxDifference, waves } from '../support/tensors';
import { type Convolution, describeConvolution, geometry, runKernel, visitProducts } from './convolution';

declare const BACKEND: string;

/** Sums over more positions than one workgroup takes; more channels and filters than its tile has; uneven borders. */
const convolutions: Convolution[] = [
  { x: [3, 33, 33, 3], filter: [7, 7, 3, 64], strides: 2, pad: 'same' },
  { x: [2, 16, 16, 70], filter: [3, 3, 70, 66], strides: [2, 1], pad: 'valid' },
  { x: [8, 24, 24, 4], filter: [3, 3, 4, 8], strides: 1, pad: [[0, 0], [2, 1], [0, 3], [0, 0]] }, // biome-ignore format: one line
  { x: [4, 21, 19, 5], filter: [3, 3, 5, 1], strides: 2, pad: 'same', depthwise: true },
  { x: [3, 17, 18, 35], filter: [5, 3, 35, 1], strides: 1, pad: 'same', depthwise: true },
  { x: [5, 15, 14, 3], filter: [3, 2, 3, 3], strides: [1, 2], pad: 'valid', depthwise: true },
];

(['webgl', 'webgpu'].includes(BACKEND) ? test : test.skip).each(
  convolutions.map((given) => [describeConvolution(given), given] as const),
)('the filter gradient of %s', async (_, convolution) => {
  const kernel = convolution.depthwise ? 'DepthwiseConv2dNativeBackpropFilter' : 'Conv2DBackpropFilter';
  expect((await accelerate()).replaced).toContain(kernel);
  const { outShape } = geometry(convolution);
  const size = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);
  const [xs, slopes] = [waves(size(convolution.x)), waves(size(outShape), 1, 2)];
  const expected = new Array(size(convolution.filter)).fill(0);
  visitProducts(convolution, (x, filter, output) => {
    expected[filter] += xs[x] * slopes[output];
  });
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const gradient = runKernel(
      kernel,
      { x: tf.tensor(xs, convolution.x), dy: tf.tensor(slopes, outShape) },
      {
        strides: convolution.strides,
        pad: convolution.pad,
        dataFormat: 'NHWC',
        dilations: 1,
        filterShape: convolution.filter,
      },
    );
    expect(gradient.shape).toEqual(convolution.filter);
    expect(maxDifference(gradient, expected)).toBeLessThan(1e-5 * Math.max(...expected.map(Math.abs)));
  });
  expect(tf.memory().numTensors).toBe(before);
});
