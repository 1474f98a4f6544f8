import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // Registers the gradients.
import { type Acceleration, accelerate } from 'tfjs-nonsemantic-negatives/accelerate';
import { type Random, randomStream, uniformInteger } from '../../../src/support/random';
import { type Convolution, describeConvolution, geometry, visitProducts } from '../convolution';

declare const BACKEND: string;

/** A thorough run takes thousands. */
const count = Number(process.env.CASES ?? (process.env.LONG ? 3000 : 60));
const maxProducts = process.env.LONG ? 2e6 : 3e5;

let acceleration: Acceleration;
beforeAll(async () => {
  acceleration = await accelerate();
});
afterAll(() => acceleration.restore());

function drawConvolution(random: Random): Convolution {
  const draw = (min: number, max: number) => uniformInteger(random, min, max);
  // Half of the filters are 1x1 or 3x3, as in real encoders.
  const size = () => (random() < 0.5 ? [1, 3][draw(0, 1)] : draw(1, 7));
  const side = () => draw(1, 33);
  const channels = () => draw(1, 17);
  const depthwise = random() < 0.35;
  const square = random() < 0.6;
  const [inputs, height, width] = [channels(), size(), size()];
  const stride = draw(1, 4);
  const strides: Convolution['strides'] = square ? stride : [stride, draw(1, 4)];
  const convolution: Convolution = {
    x: [draw(1, 5), side(), side(), inputs],
    filter: [height, square ? height : width, inputs, depthwise ? draw(1, 3) : channels()],
    strides: depthwise ? stride : strides,
    pad: random() < 0.5 ? 'same' : 'valid',
    depthwise,
  };
  // TensorFlow takes no numeric padding; tfjs-core gives it the output shape of a square filter and stride.
  if (BACKEND !== 'tensorflow' && square && random() < 0.3) convolution.pad = draw(0, 3);
  return convolution;
}

/** Draws until one has an output and can be summed by plain loops in a moment. */
function drawFitting(random: Random): Convolution {
  for (;;) {
    const convolution = drawConvolution(random);
    const { outHeight, outWidth, batchSize, filterHeight, filterWidth, inChannels } = geometry(convolution);
    const products = batchSize * outHeight * outWidth * filterHeight * filterWidth * inChannels * convolution.filter[3];
    if (outHeight > 0 && outWidth > 0 && products < maxProducts) return convolution;
  }
}

/** Values of both signs. */
const noise = (shape: number[], random: Random) =>
  Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => 2 * random() - 1);

function expectNear(actual: tf.Tensor, expected: Float64Array, scale: Float64Array, message: string) {
  const values = actual.dataSync();
  const worst = { i: -1, error: 0 };
  expected.forEach((value, i) => {
    // Relative to the sum of the absolute summands, which float32 rounding is.
    const error = Math.abs(values[i] - value) / (scale[i] + 1e-6);
    if (!(error <= worst.error)) Object.assign(worst, { i, error });
  });
  if (!(worst.error < 1e-4))
    throw new Error(`${message} [${worst.i}] is ${values[worst.i]}, by definition ${expected[worst.i]}`);
}

function check(convolution: Convolution, random: Random) {
  const outShape = geometry(convolution).outShape;
  const [xs, filters, dys] = [convolution.x, convolution.filter, outShape].map((shape) => noise(shape, random));
  const [y, dx, dFilter] = [dys, xs, filters].map(({ length }) => new Float64Array(length));
  const [yScale, dxScale, dFilterScale] = [dys, xs, filters].map(({ length }) => new Float64Array(length));
  visitProducts(convolution, (i, j, k) => {
    y[k] += xs[i] * filters[j];
    dx[i] += filters[j] * dys[k];
    dFilter[j] += xs[i] * dys[k];
    yScale[k] += Math.abs(xs[i] * filters[j]);
    dxScale[i] += Math.abs(filters[j] * dys[k]);
    dFilterScale[j] += Math.abs(xs[i] * dys[k]);
  });
  const convolve = (x: tf.Tensor, filter: tf.Tensor) => {
    const { strides, pad, depthwise } = convolution;
    return (depthwise ? tf.depthwiseConv2d : tf.conv2d)(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad);
  };
  tf.tidy(() => {
    const [x, filter, dy] = [
      tf.tensor(xs, convolution.x),
      tf.tensor(filters, convolution.filter),
      tf.tensor(dys, outShape),
    ];
    expectNear(convolve(x, filter), y, yScale, 'output');
    const [byX, byFilter] = tf.grads((x, filter) => convolve(x, filter))([x, filter], dy);
    expectNear(byX, dx, dxScale, 'gradient of the input');
    expectNear(byFilter, dFilter, dFilterScale, 'gradient of the filter');
  });
}

test(`${count} random convolutions and their gradients follow the definition`, () => {
  const before = tf.memory().numTensors;
  const failures: string[] = [];
  for (let i = 0; i < count; i++) {
    const random = randomStream('convolutions', i);
    const convolution = drawFitting(random);
    try {
      check(convolution, random);
    } catch (error) {
      failures.push(`case ${i}, ${describeConvolution(convolution)}: ${(error as Error).message}`);
    }
  }
  expect(failures).toEqual([]);
  expect(tf.memory().numTensors).toBe(before);
}, 3_600_000);
