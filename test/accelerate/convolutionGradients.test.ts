import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // Registers the gradients.
import '@tensorflow/tfjs-backend-cpu';
import { type Acceleration, accelerate } from 'tfjs-nonsemantic-negatives/accelerate';
import { type Convolution, describeConvolution, geometry, runKernel, visitProducts } from './convolution';

declare const BACKEND: string;

// TensorFlow takes no numeric padding.
const isSupported = ({ pad }: Convolution) => BACKEND !== 'tensorflow' || typeof pad === 'string';

const ordinary = (
  [
    { x: [2, 5, 5, 3], filter: [3, 3, 3, 4], strides: 1, pad: 'same' },
    { x: [2, 5, 5, 3], filter: [3, 3, 3, 4], strides: 1, pad: 'valid' },
    { x: [2, 8, 8, 3], filter: [3, 3, 3, 4], strides: 2, pad: 'same' },
    { x: [2, 7, 9, 3], filter: [3, 3, 3, 4], strides: 2, pad: 'same' },
    { x: [2, 8, 7, 2], filter: [3, 3, 2, 5], strides: 2, pad: 'valid' },
    { x: [3, 8, 8, 2], filter: [3, 3, 2, 3], strides: 2, pad: 1 },
    { x: [1, 9, 6, 2], filter: [2, 4, 2, 3], strides: [1, 3], pad: 'same' },
    { x: [1, 9, 6, 2], filter: [2, 5, 2, 3], strides: [3, 2], pad: 'valid' },
    {
      x: [1, 6, 5, 2],
      filter: [3, 2, 2, 3],
      strides: 2,
      pad: [
        [0, 0],
        [2, 1],
        [0, 3],
        [0, 0],
      ],
    },
    { x: [1, 6, 6, 2], filter: [2, 2, 2, 3], strides: 1, pad: 3 },
    { x: [2, 6, 5, 4], filter: [1, 1, 4, 3], strides: 1, pad: 'valid' },
    { x: [2, 7, 7, 4], filter: [1, 1, 4, 3], strides: 2, pad: 'same' },
    { x: [1, 3, 3, 2], filter: [5, 5, 2, 2], strides: 3, pad: 'same' },
    { x: [1, 14, 14, 3], filter: [7, 7, 3, 4], strides: 2, pad: 3 },
    { x: [4, 4, 4, 1], filter: [4, 4, 1, 1], strides: 1, pad: 'valid' },
    { x: [2, 4, 3, 128], filter: [3, 3, 128, 256], strides: 2, pad: 'same' },
  ] as Convolution[]
).filter(isSupported);

const depthwise = (
  [
    { x: [2, 5, 5, 3], filter: [3, 3, 3, 1], strides: 1, pad: 'same' },
    { x: [2, 5, 6, 3], filter: [3, 3, 3, 2], strides: 1, pad: 'valid' },
    { x: [2, 8, 8, 3], filter: [3, 3, 3, 2], strides: 2, pad: 'same' },
    { x: [2, 7, 9, 3], filter: [3, 3, 3, 1], strides: 2, pad: 'same' },
    { x: [2, 8, 7, 2], filter: [3, 3, 2, 3], strides: 2, pad: 'valid' },
    { x: [3, 8, 8, 2], filter: [3, 3, 2, 2], strides: 2, pad: 1 },
    { x: [1, 9, 6, 2], filter: [2, 4, 2, 1], strides: 3, pad: 'same' },
    {
      x: [1, 6, 5, 2],
      filter: [3, 2, 2, 2],
      strides: 2,
      pad: [
        [0, 0],
        [2, 1],
        [0, 3],
        [0, 0],
      ],
    },
    { x: [1, 6, 6, 2], filter: [2, 2, 2, 2], strides: 1, pad: 3 },
    { x: [2, 6, 5, 4], filter: [1, 1, 4, 2], strides: 1, pad: 'valid' },
    { x: [2, 7, 9, 2], filter: [3, 3, 2, 2], strides: 1, dilations: 2, pad: 'same' },
    { x: [1, 9, 9, 2], filter: [3, 2, 2, 1], strides: 1, dilations: [2, 3], pad: 'valid' },
  ] as Convolution[]
)
  .map((convolution) => ({ ...convolution, depthwise: true }))
  .filter(isSupported)
  // The stock kernels of the cpu backend, which stay, ignore dilations (and no gradient of tfjs ever asks for them).
  .filter(({ dilations }) => BACKEND === 'wasm' || dilations === undefined);

/** All the numbers that the kernels of one convolution take and give, the results from the definition. */
function byDefinition(convolution: Convolution) {
  const x = tf.randomNormal(convolution.x, 0, 1, 'float32', 1);
  const filter = tf.randomNormal(convolution.filter, 0, 1, 'float32', 2);
  const dy = tf.randomNormal(geometry(convolution).outShape, 0, 1, 'float32', 3);
  const [xs, filters, dys] = [x.dataSync(), filter.dataSync(), dy.dataSync()];
  const dx = new Float64Array(x.size);
  const dFilter = new Float64Array(filter.size);
  visitProducts(convolution, (i, j, k) => {
    dx[i] += filters[j] * dys[k];
    dFilter[j] += xs[i] * dys[k];
  });
  return { x, filter, dy, dx, dFilter };
}

const kernels = (convolution: Convolution) =>
  convolution.depthwise
    ? [tf.DepthwiseConv2dNativeBackpropFilter, tf.DepthwiseConv2dNativeBackpropInput]
    : [tf.Conv2DBackpropFilter, tf.Conv2DBackpropInput];

function attributes({ x, filter, strides, pad, dilations = 1 }: Convolution) {
  return { strides, pad, dilations, dataFormat: 'NHWC', filterShape: filter, inputShape: x };
}

function expectClose(actual: tf.Tensor, expected: ArrayLike<number>, tolerance = 1e-5) {
  let [scale, worst] = [1, 0];
  actual.dataSync().forEach((value, i) => {
    scale = Math.max(scale, Math.abs(expected[i]));
    worst = Math.max(worst, Math.abs(value - expected[i]));
  });
  expect(worst / scale).toBeLessThan(tolerance);
}

describe('gradients of convolutions', () => {
  let acceleration: Acceleration;
  beforeAll(async () => {
    acceleration = await accelerate();
  });
  afterAll(() => acceleration.restore());

  describe.each([...ordinary, ...depthwise].map((c) => [describeConvolution(c), c] as const))(
    '%s',
    (_, convolution) => {
      const [backpropFilter, backpropInput] = kernels(convolution);

      test('filter', () => {
        const { x, dy, dFilter } = byDefinition(convolution);
        const gradient = runKernel(backpropFilter, { x, dy }, attributes(convolution));
        expect(gradient.shape).toEqual(convolution.filter);
        expectClose(gradient, dFilter);
      });

      test('input', () => {
        const { dy, filter, dx } = byDefinition(convolution);
        const gradient = runKernel(backpropInput, { dy, filter }, attributes(convolution));
        expect(gradient.shape).toEqual(convolution.x);
        expectClose(gradient, dx);
      });
    },
  );

  // TensorFlow convolves NCHW on a GPU only.
  test.each(BACKEND === 'tensorflow' ? ['NHWC'] : ['NHWC', 'NCHW'])(
    'filter gradient equals that of the cpu backend as shipped, %s',
    async (dataFormat) => {
      const convolution = ordinary[3];
      const { x, dy } = byDefinition(convolution);
      const asFormat = (t: tf.Tensor) => (dataFormat === 'NHWC' ? t : tf.transpose(t, [0, 3, 1, 2]));
      const run = () =>
        runKernel(
          tf.Conv2DBackpropFilter,
          { x: asFormat(x), dy: asFormat(dy) },
          { ...attributes(convolution), dataFormat },
        );
      const gradient = run();
      acceleration.restore();
      await tf.setBackend('cpu');
      const expected = run().dataSync();
      await tf.setBackend(BACKEND);
      acceleration = await accelerate();
      expectClose(gradient, expected);
    },
  );

  test.each([ordinary[3], depthwise[2]].map((c) => [describeConvolution(c), c] as const))(
    'central differences through %s',
    (_, convolution) => {
      const { x, filter, dy } = byDefinition(convolution);
      const convolve = convolution.depthwise ? tf.depthwiseConv2d : tf.conv2d;
      const loss = (x: tf.Tensor, filter: tf.Tensor) =>
        tf.sum(tf.mul(convolve(x as tf.Tensor4D, filter as tf.Tensor4D, convolution.strides, 'same'), dy)) as tf.Scalar;
      const gradients = tf.grads(loss)([x, filter]);
      for (const point of [x, filter] as tf.Tensor4D[]) {
        const direction = tf.randomNormal(point.shape, 0, 1, 'float32', 7);
        const at = (step: number) => {
          const moved = tf.add(point, tf.mul(direction, step));
          return (point === x ? loss(moved, filter) : loss(x, moved)).dataSync()[0];
        };
        const slope = (at(0.5) - at(-0.5)) / 1; // The loss is linear in either argument: any step will do.
        expectClose(tf.sum(tf.mul(gradients[point === x ? 0 : 1], direction)), [slope], 1e-4);
      }
    },
  );

  test('nothing but the gradient stays in memory', () => {
    for (const convolution of [...ordinary, ...depthwise]) {
      const { x, filter, dy } = byDefinition(convolution);
      const [backpropFilter, backpropInput] = kernels(convolution);
      const before = tf.memory();
      runKernel(backpropFilter, { x, dy }, attributes(convolution)).dispose();
      runKernel(backpropInput, { dy, filter }, attributes(convolution)).dispose();
      expect(tf.memory().numTensors).toBe(before.numTensors);
      expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
    }
  });
});
