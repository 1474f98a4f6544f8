import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { type ColorJitter, mocoV2Augmentation, randomStream, type ViewParams } from 'tfjs-nonsemantic-negatives';
import { type Image, noise } from '../support/images';
import { maxDifference } from '../support/tensors';
import * as reference from './reference';

/** No change at all; each test enables what it examines. */
const still: ViewParams = {
  crop: { top: 0, left: 0, height: 1, width: 1 },
  flip: false,
  grayscale: false,
  blurSigma: 0,
};
const noJitter: ColorJitter = {
  brightness: 1,
  contrast: 1,
  saturation: 1,
  hue: 0,
  order: ['brightness', 'contrast', 'saturation', 'hue'],
};
const plain = { mean: [0, 0, 0] as [number, number, number], standardDeviation: [1, 1, 1] as [number, number, number] };

// float32 against float64: a sampling place is off by 1e-6 pixels, a color by a few rounding errors of 6e-8.
const tolerance = 1e-5;

function apply(image: Image, params: Partial<ViewParams>, size?: [number, number]): tf.Tensor3D {
  return mocoV2Augmentation({ ...plain, size }).apply(tf.tensor3d(image), { ...still, ...params });
}

function expectImage(actual: tf.Tensor, expected: Image): void {
  expect(actual.shape).toEqual([expected.length, expected[0].length, expected[0][0].length]);
  expect(maxDifference(actual, expected.flat(2))).toBeLessThan(tolerance);
}

describe('crop, resize and flip', () => {
  test.each([
    { size: [6, 7], crop: { top: 0, left: 0, height: 1, width: 1 } },
    { size: [12, 14], crop: { top: 0, left: 0, height: 1, width: 1 } },
    { size: [5, 9], crop: { top: 1 / 6, left: 2 / 7, height: 4 / 6, width: 3 / 7 } },
    { size: [4, 4], crop: { top: 5 / 6, left: 6 / 7, height: 1 / 6, width: 1 / 7 } },
    { size: [1, 1], crop: { top: 0, left: 0, height: 1, width: 1 } },
    { size: [3, 1], crop: { top: 0.1, left: 0.2, height: 0.55, width: 0.73 } },
  ] as { size: [number, number]; crop: ViewParams['crop'] }[])(
    'agree with plain loops over half-pixel centers: $crop to $size',
    ({ size, crop }) => {
      const image = noise(6, 7);
      for (const flip of [false, true])
        expectImage(apply(image, { crop, flip }, size), reference.resizedCrop(image, crop, size, flip));
    },
  );

  test('do not change the whole image at its own size', () => {
    const image = noise(6, 7);
    expectImage(apply(image, {}), image);
  });

  test('work for an image of one pixel', () => {
    expectImage(apply([[[0.1, 0.2, 0.3]]], { flip: true }, [2, 2]), [
      [
        [0.1, 0.2, 0.3],
        [0.1, 0.2, 0.3],
      ],
      [
        [0.1, 0.2, 0.3],
        [0.1, 0.2, 0.3],
      ],
    ]);
  });

  // libvips places its samples half an output pixel too far right and down; over an image and its half turn that cancels.
  test('enlarge as sharp does, within two of its 255 steps on average', async () => {
    const enlarge = async (bytes: Image) => {
      const buffer = Uint8Array.from(bytes.flat(2));
      const image = sharp(buffer, { raw: { width: bytes[0].length, height: bytes.length, channels: 3 } });
      return image.resize(32, 24, { fit: 'fill', kernel: 'linear' }).raw().toBuffer();
    };
    const bytes = smoothBytes(12, 16);
    const turned = bytes.map((row) => [...row].reverse().map((pixel) => [...pixel].reverse())).reverse();
    const [one, other] = [await enlarge(bytes), (await enlarge(turned)).reverse()];
    const mean = Array.from(one, (value, i) => (value + other[i]) / 2);
    expect(meanDifference(apply(fromBytes(bytes), {}, [24, 32]), mean)).toBeLessThan(2 / 255);
  });
});

describe('color jitter', () => {
  const { brightness, contrast, saturation, hue } = reference;
  const definitions = { brightness, contrast, saturation, hue };
  const operations = ['brightness', 'contrast', 'saturation', 'hue'] as const;
  const amounts = {
    brightness: [0, 0.6, 1.4],
    contrast: [0, 0.6, 1.4],
    saturation: [0, 0.6, 1.4],
    hue: [-0.5, 0.1, 0.5],
  };

  describe.each(operations)('%s', (name) => {
    test.each(amounts[name])('agrees with its definition at %d', (amount) => {
      const image = noise(5, 6);
      expectImage(apply(image, { jitter: { ...noJitter, [name]: amount } }), definitions[name](image, amount));
    });
  });

  test('turns the hue of pure and of gray colors as HSV says', () => {
    const colors = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
      [1, 1, 0],
      [0, 1, 1],
      [1, 0, 1],
      [0.5, 0.5, 0.5],
      [0, 0, 0],
      [1, 1, 1],
      [0.25, 0.25, 0.75],
    ];
    for (let sixth = -3; sixth <= 3; sixth++)
      expectImage(apply([colors], { jitter: { ...noJitter, hue: sixth / 6 } }), reference.hue([colors], sixth / 6));
    const [red, green, blue] = apply([colors.slice(0, 3)], { jitter: { ...noJitter, hue: 1 / 3 } }).arraySync()[0];
    [green, blue].forEach((color, i) => {
      expect(maxDifference(color, colors[(i + 2) % 3])).toBeLessThan(tolerance);
    });
    expect(maxDifference(red, [0, 1, 0])).toBeLessThan(tolerance);
  });

  test('is applied in the sampled order, whichever it is', () => {
    const image = noise(4, 5);
    const params = { brightness: 1.4, contrast: 0.6, saturation: 1.4, hue: 0.1 };
    for (const order of permutations(operations)) {
      const jitter = { ...params, order };
      expectImage(apply(image, { jitter }), reference.jitter(image, jitter));
    }
  });

  test('depends on the order, or the test above would show nothing', () => {
    const image = noise(4, 5);
    const params = { brightness: 1.4, contrast: 0.6, saturation: 1.4, hue: 0.1 };
    const [one, other] = [operations, [...operations].reverse()].map((order) =>
      reference.jitter(image, { ...params, order }),
    );
    expect(maxDifference(one.flat(2), other.flat(2))).toBeGreaterThan(0.05);
  });

  test('stays within 0 and 1', () => {
    const params = { brightness: 3, contrast: 4, saturation: 5, hue: 0.3, order: operations };
    const values = apply(noise(6, 6), { jitter: params }).dataSync();
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThanOrEqual(1);
  });
});

test('grayscale gives every channel the luma', () => {
  const image = noise(5, 6);
  expectImage(apply(image, { grayscale: true }), reference.grayscale(image));
});

describe('Gaussian blur', () => {
  test.each([0.1, 0.5, 1, 1.7, 2])('of sigma %d agrees with a two-dimensional sum over mirrored edges', (sigma) => {
    const image = noise(8, 9);
    expectImage(apply(image, { blurSigma: sigma }), reference.gaussianBlur(image, sigma));
  });

  test('reaches no farther than the image is wide', () => {
    const image = noise(3, 5);
    expectImage(apply(image, { blurSigma: 2 }), reference.gaussianBlur(image, 2));
    const strip = noise(1, 5);
    expectImage(apply(strip, { blurSigma: 2 }), strip);
  });

  test('does not change a constant image', () => {
    const image = noise(1, 1)[0][0];
    const constant = Array.from({ length: 7 }, () => Array.from({ length: 7 }, () => image));
    expectImage(apply(constant, { blurSigma: 2 }), constant);
  });

  test('takes a sigma beyond the one it samples', () => {
    const image = noise(12, 12);
    expectImage(apply(image, { blurSigma: 3 }), reference.gaussianBlur(image, 3));
  });

  test('blurs as sharp does, within two of its 255 steps on average', async () => {
    const bytes = smoothBytes(24, 24);
    const blurred = await sharp(Uint8Array.from(bytes.flat(2)), { raw: { width: 24, height: 24, channels: 3 } })
      .blur({ sigma: 1.5, minAmplitude: 0.01 })
      .raw()
      .toBuffer();
    expect(meanDifference(apply(fromBytes(bytes), { blurSigma: 1.5 }), blurred)).toBeLessThan(2 / 255);
  });
});

describe('the whole augmentation', () => {
  test('normalizes last, by ImageNet’s mean and standard deviation', () => {
    const image = noise(4, 4);
    const expected = image.map((row) =>
      row.map(([r, g, b]) => [(r - 0.485) / 0.229, (g - 0.456) / 0.224, (b - 0.406) / 0.225]),
    );
    expectImage(mocoV2Augmentation().apply(tf.tensor3d(image), still), expected);
  });

  test('agrees with plain loops for sampled params', () => {
    const mean = [0.4, 0.5, 0.6] as [number, number, number];
    const standardDeviation = [0.5, 0.25, 1] as [number, number, number];
    const augmentation = mocoV2Augmentation({ size: [8, 10], mean, standardDeviation, grayscaleProbability: 0.3 });
    const random = randomStream('whole augmentation');
    for (let i = 0; i < 8; i++) {
      const image = noise(11, 9, 3, i);
      const params = augmentation.sample([11, 9, 3], random);
      const expected = reference.view(image, params, [8, 10], mean, standardDeviation);
      const actual = augmentation.apply(tf.tensor3d(image), params);
      // A division by the standard deviation of ¼ makes four of a tolerance; the jitter doubles it once.
      expect(maxDifference(actual, expected.flat(2))).toBeLessThan(8 * tolerance);
    }
  });
});

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}

/** A smooth picture in bytes, where a different interpolation of the edges shows little. */
function smoothBytes(height: number, width: number): Image {
  return Array.from({ length: height }, (_, i) =>
    Array.from({ length: width }, (_, j) =>
      [0, 1, 2].map((channel) => Math.round(127 + 100 * Math.sin(i / 3 + channel) * Math.cos(j / 4 - channel))),
    ),
  );
}

const fromBytes = (bytes: Image): Image => bytes.map((row) => row.map((pixel) => pixel.map((v) => v / 255)));

function meanDifference(image: tf.Tensor, bytes: ArrayLike<number>): number {
  const values = Array.from(image.dataSync());
  expect(bytes.length).toBe(values.length);
  return values.reduce((sum, value, i) => sum + Math.abs(value - bytes[i] / 255), 0) / values.length;
}
