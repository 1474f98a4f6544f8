import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { convEncoder } from 'tfjs-nonsemantic-negatives';
import { convolutionsOf, convolve, type Image, meanOverPixels, relu } from './reference';
import { expectClose, perturbNormalization, picture, predictOne, saveAndLoad, weightsOf } from './support';

test('maps a batch of images to features as wide as the last block', () => {
  expect(convEncoder().outputs[0].shape).toEqual([null, 256]);
  expect(convEncoder({ inputShape: [17, 20, 1], filters: [3, 5] }).outputs[0].shape).toEqual([null, 5]);
});

test.each([
  [8, 8],
  [9, 7],
  [6, 11],
])('agrees with plain loops that pad as PyTorch does, at %i x %i', (height, width) => {
  const model = convEncoder({ inputShape: [height, width, 3], filters: [4, 6] });
  perturbNormalization(model);
  const image = picture(height, width);
  const expected = convolutionsOf(model).reduce<Image>((x, convolution) => relu(convolve(x, convolution, 2)), image);
  expectClose(predictOne(model, image), meanOverPixels(expected), 1e-5);
});

test('the initial weights are a function of the seed', () => {
  const args = { inputShape: [8, 8, 3], filters: [4, 4] };
  const first = weightsOf(convEncoder({ ...args, seed: 3 }));
  expect(weightsOf(convEncoder({ ...args, seed: 3 }))).toEqual(first);
  const other = weightsOf(convEncoder({ ...args, seed: 4 }));
  expect(other[0]).not.toEqual(first[0]);
});

test('kernels start normal with variance 2 / fan out', () => {
  const model = convEncoder({ inputShape: [8, 8, 3], filters: [32, 64] });
  const [, kernel] = model.getWeights().filter((weight) => weight.rank === 4);
  expect(kernel.shape).toEqual([3, 3, 32, 64]);
  const values = Array.from(kernel.dataSync());
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
  // 18,432 draws: the mean is off by std / 136, the variance by 1 %; five times that is never seen by chance.
  const expected = 2 / (9 * 64);
  expect(Math.abs(mean)).toBeLessThan((5 * Math.sqrt(expected)) / 136);
  expect(Math.abs(variance / expected - 1)).toBeLessThan(0.05);
});

test('is made of stock layers, so that a saved model loads without this package', async () => {
  const model = convEncoder({ inputShape: [8, 8, 3], filters: [4, 6] });
  const stock = ['InputLayer', 'ZeroPadding2D', 'Conv2D', 'BatchNormalization', 'ReLU', 'GlobalAveragePooling2D'];
  expect(stock).toEqual(expect.arrayContaining(model.layers.map((layer) => layer.getClassName())));
  const image = picture(8, 8);
  const loaded = await saveAndLoad(model, (handler) => tfl.loadLayersModel(handler));
  expect(predictOne(loaded, image)).toEqual(predictOne(model, image));
});

test('takes a batch normalization of the caller, with PyTorch defaults', () => {
  const received: object[] = [];
  const model = convEncoder({
    inputShape: [8, 8, 3],
    filters: [4, 6],
    batchNormalization: (args) => {
      received.push(args);
      return tfl.layers.batchNormalization(args);
    },
    name: 'small',
  });
  expect(model.name).toBe('small');
  expect(received).toEqual([
    { momentum: 0.9, epsilon: 1e-5 },
    { momentum: 0.9, epsilon: 1e-5 },
  ]);
});

test('trains: a few steps of gradient descent halve the loss', () => {
  const model = convEncoder({ inputShape: [8, 8, 3], filters: [4, 4] });
  const images = tf.tensor4d([picture(8, 8), picture(8, 9).map((row) => row.slice(1))]);
  const target = tf.tensor2d([
    [1, 0, 0, 1],
    [0, 1, 1, 0],
  ]);
  const optimizer = tf.train.sgd(0.5);
  const step = () =>
    optimizer.minimize(
      () => tf.losses.meanSquaredError(target, model.apply(images, { training: true }) as tf.Tensor) as tf.Scalar,
      true,
    )!;
  const losses = Array.from({ length: 20 }, () => step().dataSync()[0]);
  expect(losses.at(-1)!).toBeLessThan(losses[0] / 2);
});

test.each<[Parameters<typeof convEncoder>[0], string]>([
  [{ inputShape: [32, 32] }, 'Expected an array [height, width, channels] for option inputShape, received [32, 32].'],
  [{ inputShape: [32, 0, 3] }, 'Expected an integer of at least 1 for option inputShape[1], received 0.'],
  [{ filters: [] }, 'Expected an array of at least 1 integers for option filters, received [].'],
  [{ filters: [8, 1.5] }, 'Expected an integer of at least 1 for option filters[1], received 1.5.'],
  [{ seed: 0.5 }, 'Expected an integer for option seed, received 0.5.'],
])('refuses %j', (args, message) => {
  expect(() => convEncoder(args)).toThrow(message);
});

test('refuses an unknown option', () => {
  const misspelled = { filter: [8] } as object;
  expect(() => convEncoder(misspelled)).toThrow('received "filter"');
});
