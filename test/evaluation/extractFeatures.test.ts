import * as tf from '@tensorflow/tfjs-core';
import * as tfd from '@tensorflow/tfjs-data';
import * as tfl from '@tensorflow/tfjs-layers';
import { convEncoder } from 'tfjs-nonsemantic-negatives';
import { extractFeatures, type ImageBatches } from 'tfjs-nonsemantic-negatives/evaluation';
import { expectNoLeak, normalRows } from './support';

const encoder = () => convEncoder({ inputShape: [4, 4, 3], filters: [3, 5] });
const imageRows = normalRows('images', 7, 48);
const images = () => tf.reshape(tf.tensor2d(imageRows), [7, 4, 4, 3]) as tf.Tensor4D;
const labels = [3, 0, 1, 1, 2, 0, 3];

/** The images as a dataset of batches of 3, 3 and 1, labels of the form that `ys` gives. */
const dataset = (ys: (label: number) => tf.TensorContainer = (label) => label) =>
  tfd
    .array(labels.map((label, i) => ({ xs: imageRows[i], ys: label })))
    .map((element) => {
      const { xs, ys: label } = element as { xs: number[]; ys: number };
      return { xs: tf.tensor3d(xs, [4, 4, 3]), ys: ys(label) };
    })
    .batch(3) as tfd.Dataset<tf.TensorContainer>;

let model: tfl.LayersModel;
let expected: number[][];
beforeAll(() => {
  model = encoder();
  expected = tf.tidy(() => (model.apply(images(), { training: false }) as tf.Tensor2D).arraySync());
});

function expectFeatures(actual: number[][]) {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((row, i) => {
    row.forEach((value, j) => {
      expect(value).toBeCloseTo(expected[i][j], 5);
    });
  });
}

test('yields features and labels of all batches in order, the last smaller one too', async () => {
  const { features, labels: found } = await extractFeatures(model, dataset());
  expect(features.shape).toEqual([7, 5]);
  expect(found.dtype).toBe('int32');
  expect(Array.from(await found.data())).toEqual(labels);
  expectFeatures(await features.array());
});

test.each<[string, (label: number) => tf.TensorContainer]>([
  ['of shape [N, 1]', (label) => tf.tensor1d([label])],
  ['one-hot', (label) => tf.oneHot(tf.scalar(label, 'int32'), 4)],
])('reads labels %s', async (_form, ys) => {
  const { labels: found } = await extractFeatures(model, dataset(ys));
  expect(Array.from(await found.data())).toEqual(labels);
});

test('takes one batch of images, whose labels are 0, and leaves it to the caller', async () => {
  const batch = images();
  const { features, labels: found } = await extractFeatures(model, batch, { batchSize: 2 });
  expectFeatures(await features.array());
  expect(Array.from(await found.data())).toEqual([0, 0, 0, 0, 0, 0, 0]);
  expect(batch.isDisposed).toBe(false);
  const pair = await extractFeatures(model, { xs: batch, ys: tf.tensor1d(labels, 'int32') });
  expect(Array.from(await pair.labels.data())).toEqual(labels);
});

test('finds the images among several inputs', async () => {
  const views = dataset().map((element) => {
    const { xs, ys } = element as { xs: tf.Tensor; ys: tf.Tensor };
    return { xs: { query: tf.clone(xs), key: tf.zerosLike(xs) }, ys: tf.clone(ys) };
  });
  const { features } = await extractFeatures(model, views, { input: 'query' });
  expectFeatures(await features.array());
  await expect(extractFeatures(model, views)).rejects.toThrow(
    'Expected one of query, key for option input, received undefined.',
  );
});

test('is inference: weights, running statistics included, stay the same', async () => {
  const before = model.getWeights().map((weight) => weight.dataSync());
  tf.dispose({ ...(await extractFeatures(model, dataset())) });
  expect(model.getWeights().map((weight) => weight.dataSync())).toEqual(before);
});

test('disposes what it consumed, also after a faulty batch', async () => {
  await expectNoLeak(async () => tf.dispose({ ...(await extractFeatures(model, dataset())) }));
  await expectNoLeak(async () => {
    const broken = dataset(() => tf.zeros([2, 2]));
    await expect(extractFeatures(model, broken)).rejects.toThrow('for input ys');
  });
});

test('names the input that it cannot use', async () => {
  await expect(extractFeatures(model, tf.zeros([4, 4, 3]) as unknown as tf.Tensor4D)).rejects.toThrow(
    "Expected a batch of the encoder's input shape [null, 4, 4, 3] for input source, received a float32 tensor of shape [4, 4, 3].",
  );
  await expect(extractFeatures(model, tfd.array([]) as ImageBatches)).rejects.toThrow('received an empty dataset');
  await expect(extractFeatures(model, images(), { batchSize: 0 })).rejects.toThrow('for option batchSize, received 0');
  const input = tfl.input({ shape: [4, 4, 3] });
  const map = tfl.model({ inputs: input, outputs: tfl.layers.reLU().apply(input) as tfl.SymbolicTensor });
  await expect(extractFeatures(map, images())).rejects.toThrow(
    'Expected a built model of one input and one output [null, D]',
  );
});
