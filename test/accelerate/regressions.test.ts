import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';
import { maxDifference } from '../support/tensors';

declare const BACKEND: string;

// Faults that were seen once; the fuzz and the table of layers look for the next ones.

beforeAll(async () => {
  await accelerate();
});

test('depthwiseConv2d, which passes null dilations, predicts and trains', () => {
  const layer = tfl.layers.depthwiseConv2d({ kernelSize: 1, inputShape: [2, 2, 1], depthwiseInitializer: 'ones' });
  const x = tf.tensor4d([-1, 2, -3, 4], [1, 2, 2, 1]);
  const gradient = tf.grad((x) => tf.sum(tf.square(layer.apply(x) as tf.Tensor)))(x);
  expect(Array.from(gradient.dataSync())).toEqual([-2, 4, -6, 8]);
});

test.each([
  [[1, 7, 7, 2], true],
  [[1, 8, 8, 2], true],
  [[1, 9, 9, 2], false],
  [[1, 5, 5, 2], false],
  [[2, 7, 7, 2], false],
] as [[number, number, number, number], boolean][])(
  'a transposed convolution to %j is refused where no convolution makes its input',
  (shape, isRight) => {
    for (const channels of [3, 5]) {
      const transpose = () =>
        tf.conv2dTranspose(
          tf.ones<tf.Rank.R4>([1, 4, 4, channels]),
          tf.ones<tf.Rank.R4>([3, 3, 2, channels]),
          shape,
          2,
          'same',
        );
      if (isRight) expect(transpose().shape).toEqual(shape);
      else expect(transpose).toThrow();
    }
  },
);

test('a pool whose output is rounded up gives its gradient to every window', () => {
  const x = tf.tensor4d([-1, -2, -3], [1, 1, 3, 1]);
  const pool = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, [1, 2], [1, 2], 0, 'ceil');
  // tfjs-node takes a padding of 0 for `valid`, whose size is rounded down.
  const isRounded = BACKEND !== 'tensorflow';
  const { value, grad } = tf.valueAndGrad(pool)(x);
  expect(Array.from(value.dataSync())).toEqual(isRounded ? [-1, -3] : [-1]);
  expect(Array.from(grad.dataSync())).toEqual(isRounded ? [1, 0, 1] : [1, 0, 0]);
});

// Where memory is overwritten, it takes some calls to be seen.
const calls = BACKEND === 'tensorflow' ? 300 : 2;
test.each([1, 7, 15, 16])('a strided 1x1 convolution of %i channels has its filter gradient', (channels) => {
  const x = tf.randomNormal([4, 32, 32, channels], 0, 1, 'float32', 1) as tf.Tensor4D;
  const filter = tf.randomNormal([1, 1, channels, 8], 0, 1, 'float32', 2) as tf.Tensor4D;
  const gradient = (pad: 'same' | 0) =>
    tf.grad((filter) => tf.sum(tf.conv2d(x, filter as tf.Tensor4D, 2, pad)))(filter);
  const expected = tf.sum(tf.stridedSlice(x, [0, 0, 0, 0], [4, 32, 32, channels], [1, 2, 2, 1]), [0, 1, 2]).dataSync();
  for (let i = 0; i < calls; i++) {
    const values = tf.tidy(() => gradient(i % 2 ? 'same' : 0).dataSync());
    if (i % 50 === 0) for (let c = 0; c < channels; c++) expect(values[8 * c]).toBeCloseTo(expected[c], 3);
  }
});

test('max pooling gives its gradient to the largest of negative values', () => {
  const x = tf.tensor4d([-4, -3, -2, -1], [1, 2, 2, 1]);
  const gradient = tf.grad((x) => tf.sum(tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid')))(x);
  expect(Array.from(gradient.dataSync())).toEqual([0, 0, 0, 1]);
});

test('average pooling shares its gradient among the pixels inside the image', () => {
  const gradient = tf.grad((x) => tf.sum(tf.avgPool(x as tf.Tensor4D, 2, 2, 'same')))(tf.ones([1, 3, 3, 1]));
  expect(Array.from(gradient.dataSync())).toEqual([0.25, 0.25, 0.5, 0.25, 0.25, 0.5, 0.5, 0.5, 1]);
});

test.each([
  [
    [2, 3, 1, 64],
    [2, 3, 64, 10],
    [2, 3, 1, 10],
  ],
  [
    [2, 2, 2, 2],
    [2, 2, 100],
    [2, 2, 2, 100],
  ],
])('product of %j and %j', (a, b, shape) => {
  const product = tf.matMul(tf.ones(a), tf.ones(b));
  expect(product.shape).toEqual(shape);
  expect(maxDifference(product, tf.fill(shape, a[3]))).toBe(0);
});

test('batch normalization along the second axis scales that axis', () => {
  const statistics = (values: number[]) => tf.tensor4d(values, [1, 2, 1, 1]);
  const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 1, 2]);
  const y = tf.batchNorm(x, statistics([1, 3]), statistics([1, 1]), statistics([0, 0]), statistics([1, 10]), 1e-12);
  expect(maxDifference(y, [0, 1, 0, 10])).toBeLessThan(1e-5);
});

(BACKEND === 'tensorflow' ? test : test.skip)('decoded images can be batched', async () => {
  const native = process.env.TFJS_NODE_PACKAGE ?? '@tensorflow/tfjs-node';
  const { node } = (await import(native)) as unknown as {
    node: { encodePng(image: tf.Tensor): Promise<Uint8Array>; decodeImage(bytes: Uint8Array): tf.Tensor };
  };
  const image = tf.tensor3d([0, 128, 255, 7], [2, 2, 1], 'int32');
  const bytes = Uint8Array.from(await node.encodePng(image));
  const batch = tf.stack([node.decodeImage(bytes), tf.cast(node.decodeImage(bytes), 'int32')]);
  expect(
    Array.from(
      tf
        .concat([batch, tf.zeros([1, 2, 2, 1], 'int32')])
        .dataSync()
        .slice(0, 8),
    ),
  ).toEqual([...[0, 128, 255, 7], ...[0, 128, 255, 7]]);
});
