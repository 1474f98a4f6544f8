import * as tf from '@tensorflow/tfjs-core';
import { mocoV2Augmentation, patchNegative, randomStream, textureNegative, twoViews } from 'tfjs-nonsemantic-negatives';
import { noise, noiseBatch, single } from '../support/images';
import { bytesOf, countKernels, maxDifference } from '../support/tensors';

const raw = { mean: [0], standardDeviation: [1] };
const still = { crop: { top: 0, left: 0, height: 1, width: 1 }, flip: false, grayscale: false, blurSigma: 0 };
const order = ['contrast', 'saturation', 'hue', 'brightness'] as const;

test.each([
  [28, 28, 1],
  [20, 20, 1],
  [18, 17, 2],
  [16, 16, 4],
  [16, 18, 9],
])('views, patches and textures of %i x %i x %i images', (height, width, channels) => {
  const images = noiseBatch(2, height, width, channels);
  const steps = [textureNegative({ quality: 'fast' }), twoViews(), patchNegative()];
  const chain = (x: tf.TensorContainer) => steps.reduce<tf.TensorContainer>((y, step) => step(y), x);
  const { xs } = chain(images) as { xs: { [name: string]: tf.Tensor } };
  for (const x of Object.values(xs)) {
    expect(x.shape).toEqual([2, height, width, channels]);
    expect(x.dataSync().every(Number.isFinite)).toBe(true);
  }
});

describe.each([1, 2, 4, 9])('%i channels', (channels) => {
  const augmentation = mocoV2Augmentation({ jitterProbability: 1, grayscaleProbability: 1 });

  test('give a batch the bytes of its images one by one, in no more kernels', () => {
    const images = noiseBatch(4, 9, 8, channels);
    const params = augmentation.sample(images.shape, randomStream('channels'));
    const together = augmentation.apply(images, params);
    for (let n = 0; n < 4; n++)
      expect(bytesOf(augmentation.apply(single(images, n), params[n]))).toBe(bytesOf(single(together, n)));
    const kernels = (count: number) => {
      const batch = noiseBatch(count, 9, 8, channels);
      return countKernels(() => augmentation.apply(batch, augmentation.sample(batch.shape, randomStream(count))));
    };
    expect(kernels(7)).toBe(kernels(2));
  });

  test('sample the params of three channels', () => {
    const sample = (count: number) => augmentation.sample([9, 8, count], randomStream('same'));
    expect(sample(channels)).toEqual(sample(3));
  });

  test('get only brightness around black and contrast around the mean of all channels', () => {
    const image = noise(5, 6, channels);
    const jitter = { brightness: 0.7, contrast: 1.3, saturation: 0, hue: 0.4, order };
    const normalization = { mean: Array(channels).fill(0), standardDeviation: Array(channels).fill(1) };
    const changed = mocoV2Augmentation(normalization).apply(tf.tensor3d(image), { ...still, grayscale: true, jitter });
    const values = image.flat(2);
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const clip = (v: number) => Math.min(1, Math.max(0, v));
    const expected = values.map((v) => clip(0.7 * clip(1.3 * v - 0.3 * mean)));
    expect(maxDifference(changed, expected)).toBeLessThan(1e-6);
  });
});

test('one channel gives the same as a gray image of three equal channels', () => {
  const gray = noiseBatch(4, 12, 11, 1);
  const params = mocoV2Augmentation().sample(gray.shape, randomStream('gray'));
  const one = mocoV2Augmentation(raw).apply(gray, params);
  const color = mocoV2Augmentation({ mean: [0, 0, 0], standardDeviation: [1, 1, 1] });
  const three = color.apply(tf.tile(gray, [1, 1, 1, 3]), params);
  expect(maxDifference(tf.tile(one, [1, 1, 1, 3]), three)).toBeLessThan(1e-5);
});
