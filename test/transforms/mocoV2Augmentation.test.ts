import * as tf from '@tensorflow/tfjs-core';
import {
  ArgumentError,
  type MocoV2AugmentationArgs,
  mocoV2Augmentation,
  randomStream,
  type ViewParams,
} from 'tfjs-nonsemantic-negatives';
import { byteNoise, noiseBatch, single } from '../support/images';
import { bytesOf, countKernels, leakOf } from '../support/tensors';

declare const BACKEND: string;

const whole = { top: 0, left: 0, height: 1, width: 1 };
const sampleParams = (
  count: number,
  shape: [number, number, number],
  args: MocoV2AugmentationArgs = {},
): ViewParams[] => mocoV2Augmentation(args).sample([count, ...shape], randomStream('draws'));
const meanOf = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;

/** The largest distance of the empirical distribution from uniform in [low, high] (Kolmogorov and Smirnov). */
function distanceFromUniform(values: number[], low: number, high: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.max(...sorted.map((value, i) => Math.abs((value - low) / (high - low) - (i + 0.5) / sorted.length)));
}

describe('the sampled params', () => {
  // The seed is fixed, so nothing here fails by chance; 2.5 / √n is exceeded by one seed in 100,000.
  const count = 3000;
  const limit = 2.5 / Math.sqrt(count);
  const sampled = sampleParams(count, [1000, 1200, 3], { scale: [0.2, 0.6] });
  const jitters = sampled.flatMap(({ jitter }) => jitter ?? []);

  test('the area of a crop is uniform in its range', () => {
    const areas = sampled.map(({ crop }) => crop.height * crop.width);
    expect(distanceFromUniform(areas, 0.2, 0.6)).toBeLessThan(limit);
  });

  test('the aspect ratio, in pixels, is log-uniform in its range', () => {
    const ratios = sampled.map(({ crop }) => Math.log((crop.width * 1200) / (crop.height * 1000)));
    expect(distanceFromUniform(ratios, Math.log(3 / 4), Math.log(4 / 3))).toBeLessThan(limit);
  });

  test('a crop lies within the image, on whole pixels, anywhere', () => {
    for (const { crop } of sampled) {
      for (const pixels of [crop.top * 1000, crop.height * 1000, crop.left * 1200, crop.width * 1200])
        expect(Math.abs(pixels - Math.round(pixels))).toBeLessThan(1e-9);
      expect(crop.top).toBeGreaterThanOrEqual(0);
      expect(crop.left).toBeGreaterThanOrEqual(0);
      expect(crop.top + crop.height).toBeLessThanOrEqual(1 + 1e-12);
      expect(crop.left + crop.width).toBeLessThanOrEqual(1 + 1e-12);
    }
    const share = sampled.map(({ crop }) => crop.top / (1 - crop.height)).filter(Number.isFinite);
    expect(distanceFromUniform(share, 0, 1)).toBeLessThan(limit);
  });

  test.each([
    ['brightness', 0.6, 1.4],
    ['contrast', 0.6, 1.4],
    ['saturation', 0.6, 1.4],
    ['hue', -0.1, 0.1],
  ] as const)('%s is uniform from %d to %d', (name, low, high) => {
    const values = jitters.map((jitter) => jitter[name]);
    expect(distanceFromUniform(values, low, high)).toBeLessThan(2.5 / Math.sqrt(values.length));
  });

  test('all 24 orders of the jitter are equally likely', () => {
    const counts = new Map<string, number>();
    for (const { order } of jitters) counts.set(order.join(), (counts.get(order.join()) ?? 0) + 1);
    expect(counts.size).toBe(24);
    const expected = jitters.length / 24;
    const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(60); // 23 degrees of freedom: 23 on average, 60 once in 30,000.
  });

  test('the blur’s sigma is uniform from 0.1 to 2', () => {
    const sigmas = sampled.map(({ blurSigma }) => blurSigma).filter((sigma) => sigma > 0);
    expect(distanceFromUniform(sigmas, 0.1, 2)).toBeLessThan(2.5 / Math.sqrt(sigmas.length));
  });

  test.each([
    ['jitter', 0.8, (params: ViewParams) => params.jitter !== undefined],
    ['grayscale', 0.2, (params: ViewParams) => params.grayscale],
    ['blur', 0.5, (params: ViewParams) => params.blurSigma > 0],
    ['flip', 0.5, (params: ViewParams) => params.flip],
  ])('%s happens with probability %d', (_, probability, happened) => {
    expect(Math.abs(meanOf(sampled.map((params) => Number(happened(params)))) - probability)).toBeLessThan(limit);
  });

  test('a strength above 1 samples no factor below 0', () => {
    for (const { jitter } of sampleParams(200, [8, 8, 3], { brightness: 3, jitterProbability: 1 })) {
      expect(jitter?.brightness).toBeGreaterThanOrEqual(0);
      expect(jitter?.brightness).toBeLessThanOrEqual(4);
    }
  });

  test('probabilities of 0 and 1 are never and always', () => {
    const off = { jitterProbability: 0, grayscaleProbability: 0, blurProbability: 0, flipProbability: 0 };
    for (const params of sampleParams(50, [8, 8, 3], { ...off, scale: [1, 1], ratio: [1, 1] }))
      expect(params).toEqual({ crop: whole, grayscale: false, blurSigma: 0, flip: false, size: [8, 8] });
    const on = { jitterProbability: 1, grayscaleProbability: 1, blurProbability: 1, flipProbability: 1 };
    for (const params of sampleParams(50, [8, 8, 3], on))
      expect(params).toMatchObject({ jitter: expect.anything(), grayscale: true, flip: true });
  });

  describe('after ten crops that do not fit, the fallback is torchvision’s', () => {
    const fallback = (height: number, width: number, ratio: [number, number]) =>
      sampleParams(1, [height, width, 3], { scale: [1, 1], ratio })[0].crop;

    test('for an image too wide: full height, the widest ratio, centered', () => {
      expect(fallback(10, 100, [3 / 4, 4 / 3])).toEqual({ top: 0, left: 43 / 100, height: 1, width: 13 / 100 });
    });

    test('for an image too tall: full width, the narrowest ratio, centered', () => {
      expect(fallback(100, 10, [3 / 4, 4 / 3])).toEqual({ top: 43 / 100, left: 0, height: 13 / 100, width: 1 });
    });

    test('for an image within the ratios: all of it', () => {
      expect(fallback(100, 100, [0.5, 2])).toEqual(whole);
    });

    test('for a sliver of an image: at least a pixel', () => {
      expect(fallback(1, 100, [0.1, 0.2])).toEqual({ top: 0, left: 49 / 100, height: 1, width: 1 / 100 });
    });
  });

  test('params are a plain object that survives JSON', () => {
    for (const params of sampleParams(20, [9, 9, 3]))
      expect(JSON.parse(JSON.stringify(params))).toEqual(JSON.parse(JSON.stringify(params)));
    const [params] = sampleParams(1, [9, 9, 3], { jitterProbability: 1 });
    expect(JSON.parse(JSON.stringify(params))).toEqual(params);
  });
});

describe('the size of a view', () => {
  const sizes = (args: MocoV2AugmentationArgs, sampleArgs: MocoV2AugmentationArgs = args) =>
    mocoV2Augmentation(args)
      .apply(noiseBatch(2, 6, 7), sampleParams(2, [9, 8, 3], sampleArgs))
      .shape.slice(1, 3);

  test('is that of the image sampled for, unless the option size says another', () => {
    expect(sizes({})).toEqual([9, 8]);
    expect(sizes({}, { size: 4 })).toEqual([4, 4]);
    expect(sizes({ size: [5, 3] }, {})).toEqual([5, 3]);
  });

  test('is the image’s own for parameters written by hand', () => {
    const params = { crop: whole, flip: false, grayscale: false, blurSigma: 0 };
    expect(mocoV2Augmentation().apply(noiseBatch(1, 6, 7), [params]).shape).toEqual([1, 6, 7, 3]);
  });

  test('must be one for a batch', () => {
    const mixed = [...sampleParams(1, [6, 7, 3]), ...sampleParams(1, [7, 6, 3])];
    expect(() => mocoV2Augmentation().apply(noiseBatch(2, 6, 7), mixed)).toThrow(
      'Expected one size, [6, 7] for the params of apply(), received [7, 6].',
    );
  });
});

describe('a batch', () => {
  test.each([
    { count: 2, size: [8, 8] },
    { count: 5, size: [9, 7] },
    { count: 3, size: [1, 6] },
    { count: 4, size: [24, 24] },
  ])('of $count images at $size gives the same bytes as each image alone', ({ count, size: [height, width] }) => {
    const augmentation = mocoV2Augmentation({ grayscaleProbability: 0.3 });
    const images = noiseBatch(count, height, width);
    const parameters = augmentation.sample(images.shape, randomStream('batch', count));
    const together = augmentation.apply(images, parameters);
    expect(together.shape).toEqual([count, height, width, 3]);
    for (let n = 0; n < count; n++) {
      const alone = augmentation.apply(single(images, n), parameters[n]);
      expect(alone.shape).toEqual([height, width, 3]);
      expect(bytesOf(alone)).toBe(bytesOf(single(together, n)));
    }
  });

  test('gives an image the same bytes at any position, beside any other params', () => {
    const augmentation = mocoV2Augmentation({ size: 6 });
    const images = noiseBatch(7, 10, 9);
    const parameters = augmentation.sample(images.shape, randomStream('places'));
    const forward = augmentation.apply(images, parameters);
    const backward = augmentation.apply(tf.reverse4d(images, 0), [...parameters].reverse());
    expect(bytesOf(tf.reverse4d(backward, 0))).toBe(bytesOf(forward));
  });

  test('takes no more kernels for more images, nor than one image', () => {
    const augmentation = mocoV2Augmentation();
    const kernels = (count: number) => {
      const images = noiseBatch(count, 6, 6);
      const parameters = augmentation.sample(images.shape, randomStream('kernels', count));
      return countKernels(() => augmentation.apply(images, parameters));
    };
    expect(kernels(9)).toBe(kernels(2));
    expect(kernels(9)).toBeLessThanOrEqual(kernels(1));
  });

  // The cpu backend takes two minutes to mirror the edges of images that large.
  const large = BACKEND === 'cpu' ? test.skip : test;
  large('that is too large for one go gives the bytes that each image gives alone, and leaks nothing', () => {
    const augmentation = mocoV2Augmentation({ size: 9 });
    const images = tf.randomUniform([9, 342, 342, 3], 0, 1, 'float32', 1) as tf.Tensor4D;
    const parameters = augmentation.sample(images.shape, randomStream('parts'));
    expect(leakOf(() => augmentation.apply(images, parameters).dispose())).toBe(0);
    const together = augmentation.apply(images, parameters);
    for (let n = 0; n < 9; n++)
      expect(bytesOf(augmentation.apply(single(images, n), parameters[n]))).toBe(bytesOf(single(together, n)));
  });

  test('of int32 0 … 255 gives the bytes of float32 0 … 1', () => {
    const bytes = [0, 1, 2].map((n) => byteNoise(7, 8, 3, n));
    const integers = tf.tensor4d(bytes, undefined, 'int32');
    const floats = tf.div(tf.tensor4d(bytes), 255) as tf.Tensor4D;
    const augmentation = mocoV2Augmentation();
    const parameters = augmentation.sample(integers.shape, randomStream('types'));
    expect(bytesOf(augmentation.apply(integers, parameters))).toBe(bytesOf(augmentation.apply(floats, parameters)));
  });
});

describe('the crops and the blur by default', () => {
  const summary = (shape: [number, number, number], args: MocoV2AugmentationArgs = {}) => {
    const sampled = sampleParams(300, shape, args);
    const blurred = sampled.filter(({ blurSigma }) => blurSigma > 0).length / sampled.length;
    // Whole pixels: an area may be a little smaller than its share.
    const smallest = Math.min(...sampled.map(({ crop }) => crop.height * crop.width));
    return { isBlurred: blurred > 0, cropsBelowHalf: smallest < 0.45 };
  };

  test.each<[string, [number, number, number], MocoV2AugmentationArgs, boolean, boolean]>([
    ['a side of 64', [64, 90, 3], {}, true, true],
    ['a side of 63', [63, 90, 3], {}, false, false],
    ['small views of large images', [200, 200, 3], { size: 32 }, false, false],
    ['large views of small images', [32, 32, 3], { size: 64 }, true, true],
    ['a scale', [32, 32, 3], { scale: [0.2, 1] }, false, true],
    ['a sigma', [32, 32, 3], { blurSigma: [0.1, 1] }, true, false],
    ['a probability', [32, 32, 3], { blurProbability: 0.5 }, true, false],
  ])('with %s', (_, shape, args, isBlurred, cropsBelowHalf) => {
    expect(summary(shape, args)).toMatchObject({ isBlurred, cropsBelowHalf });
  });

  test('a blurred view is what the params say, at any size', () => {
    const images = noiseBatch(2, 12, 12);
    const params = sampleParams(2, [12, 12, 3], { blurProbability: 1 });
    const bytes = (args: MocoV2AugmentationArgs) => bytesOf(mocoV2Augmentation(args).apply(images, params));
    expect(bytes({})).toBe(bytes({ blurProbability: 1 }));
  });
});

describe('memory', () => {
  const augmentation = mocoV2Augmentation({ size: 5 });

  test('apply leaves its result and nothing else', () => {
    const images = noiseBatch(3, 6, 6);
    const parameters = augmentation.sample(images.shape, randomStream('memory'));
    expect(leakOf(() => augmentation.apply(images, parameters).dispose())).toBe(0);
    expect(images.isDisposed).toBe(false);
  });

  test('a failing apply leaves nothing', () => {
    const images = noiseBatch(3, 6, 6, 4);
    const { apply } = mocoV2Augmentation({ mean: [0, 0, 0] });
    const fails = () => expect(() => apply(images, sampleParams(3, [6, 6, 4]))).toThrow(ArgumentError);
    expect(leakOf(fails)).toBe(0);
  });
});

describe('errors', () => {
  test.each([
    [{ size: 0 }, 'Expected an integer of at least 1 for option size, received 0.'],
    [{ size: [8, 8, 3] }, 'Expected a number or [height, width] for option size, received [8, 8, 3].'],
    [{ scale: [0.5, 0.2] }, 'Expected an ascending pair [min, max] for option scale, received [0.5, 0.2].'],
    [{ scale: [0.5, 2] }, 'Expected a number above 0 and of at most 1 for option scale[1], received 2.'],
    [{ scale: 0.5 }, 'Expected a pair [min, max] for option scale, received 0.5.'],
    [{ ratio: [0, 1] }, 'Expected a number above 0 for option ratio[0], received 0.'],
    [{ brightness: -1 }, 'Expected a number of at least 0 for option brightness, received -1.'],
    [{ contrast: Number.NaN }, 'Expected a number of at least 0 for option contrast, received NaN.'],
    [{ saturation: '1' }, 'Expected a number of at least 0 for option saturation, received "1".'],
    [{ hue: 0.6 }, 'Expected a number of at least 0 and of at most 0.5 for option hue, received 0.6.'],
    [
      { flipProbability: 2 },
      'Expected a number of at least 0 and of at most 1 for option flipProbability, received 2.',
    ],
    [{ blurSigma: [-1, 2] }, 'Expected a number of at least 0 for option blurSigma[0], received -1.'],
    [{ mean: [] }, 'Expected a list of numbers, one a channel for option mean, received [].'],
    [{ mean: 0.5 }, 'Expected a list of numbers, one a channel for option mean, received 0.5.'],
    [{ range: [1, 1] }, 'Expected a number above 1 for option range[1], received 1.'],
    [{ range: 255 }, 'Expected a pair [min, max] for option range, received 255.'],
    [{ standardDeviation: [1, 1, 0] }, 'Expected a number above 0 for option standardDeviation[2], received 0.'],
    [{ color: 1 }, 'for the options of mocoV2Augmentation(), received "color".'],
  ])('%j', (args, message) => {
    expect(() => mocoV2Augmentation(args as MocoV2AugmentationArgs)).toThrow(ArgumentError);
    expect(() => mocoV2Augmentation(args as MocoV2AugmentationArgs)).toThrow(message);
  });

  test('an undefined option takes its default', () => {
    const args = { scale: undefined, hue: undefined, size: undefined };
    const random = () => randomStream('defaults');
    expect(mocoV2Augmentation(args).sample([9, 9, 3], random())).toEqual(
      mocoV2Augmentation().sample([9, 9, 3], random()),
    );
  });

  test('lists that do not have one number a channel', () => {
    const message = 'Expected 4 numbers, one a channel of the images for option mean, received [0, 0, 0].';
    const { apply } = mocoV2Augmentation({ mean: [0, 0, 0] });
    expect(() => apply(noiseBatch(1, 8, 8, 4), sampleParams(1, [8, 8, 4]))).toThrow(message);
  });

  test('shapes of another rank, and params of another number', () => {
    const { sample, apply } = mocoV2Augmentation();
    expect(() => sample([8, 8] as unknown as [number, number, number], randomStream(0))).toThrow(
      'Expected [H, W, C] or [N, H, W, C] for the shape of sample(), received [8, 8].',
    );
    expect(() =>
      apply(tf.zeros<tf.Rank.R3>([8, 8] as unknown as [number, number, number]), sampleParams(1, [8, 8, 3])[0]),
    ).toThrow(
      'Expected shape [H, W, C] or [N, H, W, C] for the images of apply(), received a float32 tensor of shape [8, 8].',
    );
    expect(() => apply(noiseBatch(2, 8, 8), sampleParams(3, [8, 8, 3]))).toThrow(
      'Expected an entry for each of 2 images for the params of apply(), received 3.',
    );
  });
});
