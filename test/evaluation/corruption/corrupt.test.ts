import * as tf from '@tensorflow/tfjs-core';
import {
  type CorruptArgs,
  type CorruptionKind,
  corrupt,
  corruptionKinds,
  corruptionSeverities,
} from '../../../src/evaluation/corruption/corrupt';
import { croppedPlasma, plasma } from '../../../src/evaluation/corruption/plasma';
import { poisson } from '../../../src/evaluation/corruption/poisson';
import { randomStream, uniform } from '../../../src/support/random';
import { expectNoLeak, mean } from '../support';
import * as reference from './reference';

const { streamOf } = reference;

/** Smooth colors with some grain. */
function picture(height = 16, width = 18, key = 'picture'): reference.Pixels {
  const random = randomStream(key);
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) =>
      [1, 2, 3].map((c) => 0.5 + 0.3 * Math.sin(0.3 * c * x + 0.5 * y) + 0.2 * (random() - 0.5)),
    ),
  );
}
const pixels = picture();
const image = () => tf.tensor3d(pixels);
const batch = () => tf.tensor4d(['a', 'b', 'c'].map((key) => picture(16, 18, key)));
const values = (tensor: tf.Tensor) => Array.from(tensor.dataSync());

function expectPixels(actual: tf.Tensor, expected: reference.Pixels, tolerance = 1e-5) {
  const wanted = reference.clipped(expected).flat(2);
  const found = values(actual);
  expect(found).toHaveLength(wanted.length);
  expect(Math.max(...found.map((value, i) => Math.abs(value - wanted[i])))).toBeLessThan(tolerance);
}

describe.each(corruptionKinds)('%s', (kind) => {
  test('keeps shape and range, and changes the image, at each scale', () => {
    for (const severity of [1, 5] as const) {
      for (const scale of [32, 64, 224] as const) {
        const corrupted = corrupt(image(), { kind, severity, scale });
        expect(corrupted.shape).toEqual([16, 18, 3]);
        expect(corrupted.dtype).toBe('float32');
        const found = values(corrupted);
        expect(found.every((value) => value >= 0 && value <= 1)).toBe(true);
        expect(found).not.toEqual(values(image()));
      }
    }
  });

  test('treats an image alike alone and in a batch, by its index', () => {
    const whole = values(corrupt(batch(), { kind, severity: 3, index: 5, seed: 2 }));
    const single = tf.squeeze(tf.slice(batch(), [2, 0, 0, 0], [1, 16, 18, 3]), [0]) as tf.Tensor3D;
    const alone = values(corrupt(single, { kind, severity: 3, index: 7, seed: 2 }));
    // Native TensorFlow's matrix products round a sum differently for another number of columns.
    const difference = alone.map((value, i) => Math.abs(value - whole[2 * alone.length + i]));
    expect(Math.max(...difference)).toBeLessThan(1e-6);
  });

  test('takes whole numbers of 0 … 255 as well', () => {
    const bytes = tf.cast(tf.round(tf.mul(image(), 255)), 'int32') as tf.Tensor3D;
    const unit = tf.div(bytes, 255) as tf.Tensor3D;
    const whole = values(corrupt(bytes, { kind, severity: 2 }));
    expect(whole).toEqual(values(corrupt(unit, { kind, severity: 2 })));
  });

  test('leaks nothing', () => {
    const images = batch();
    return expectNoLeak(() => corrupt(images, { kind, severity: 5 }).dispose());
  });
});

const drawing = corruptionKinds.filter((kind) => !/defocus|zoom|brightness|contrast|pixelate|jpeg/.test(kind));
test.each(drawing)('%s draws anew for another seed or index, alike for the same', (kind) => {
  const draw = (options: Partial<CorruptArgs>) => values(corrupt(image(), { kind, severity: 3, ...options }));
  expect(draw({ seed: 1 })).toEqual(draw({ seed: 1 }));
  expect(draw({ seed: 1 })).not.toEqual(draw({ seed: 2 }));
  expect(draw({ index: 1 })).not.toEqual(draw({ index: 2 }));
});

test.each<CorruptionKind>([
  'gaussian_noise',
  'shot_noise',
  'impulse_noise',
  'defocus_blur',
  'zoom_blur',
  'fog',
  'brightness',
  'contrast',
  'pixelate',
])('%s takes the image farther away at each severity', (kind) => {
  const distance = (severity: CorruptArgs['severity']) =>
    tf.mean(tf.abs(tf.sub(corrupt(image(), { kind, severity, scale: 224 }), image()))).dataSync()[0];
  const distances = corruptionSeverities.map(distance);
  expect([...distances].sort((a, b) => a - b)).toEqual(distances);
});

describe('agrees with plain loops', () => {
  test('gaussian_noise', () => {
    const noise = reference.normalPairs(streamOf('gaussian_noise'), 16 * 18 * 3);
    const expected = pixels.map((row, y) => row.map((p, x) => p.map((v, c) => v + 0.1 * noise[(y * 18 + x) * 3 + c])));
    expectPixels(corrupt(image(), { kind: 'gaussian_noise', severity: 5 }), expected);
  });

  test('impulse_noise', () => {
    const expected = reference.impulseNoise(pixels, 0.27, streamOf('impulse_noise'));
    expectPixels(corrupt(image(), { kind: 'impulse_noise', severity: 5, scale: 224 }), expected);
  });

  test('glass_blur', () => {
    // So mild a blur that no neighbor counts: what is left is the shuffling.
    const once = reference.glassShuffle(pixels, 1, 1, streamOf('glass_blur'));
    expectPixels(corrupt(image(), { kind: 'glass_blur', severity: 1 }), once);
  });

  test.each([
    [1, 6, 1],
    [5, 9, 2.5],
  ] as const)('motion_blur, severity %i', (severity, radius, sigma) => {
    const angle = uniform(streamOf('motion_blur'), -45, 45);
    const expected = reference.motionBlur(pixels, radius, sigma, angle);
    expectPixels(corrupt(image(), { kind: 'motion_blur', severity }), expected, 1e-4);
  });

  test('snow', () => {
    const expected = reference.mildSnow(pixels, streamOf('snow'));
    expectPixels(corrupt(image(), { kind: 'snow', severity: 1 }), expected, 1e-4);
  });

  test('fog', () => {
    const expected = reference.fog(pixels, 0.75, croppedPlasma(16, 18, 2.5, streamOf('fog')));
    expectPixels(corrupt(image(), { kind: 'fog', severity: 3 }), expected);
  });

  test('contrast', () => {
    const expected = reference.contrast(pixels, 0.15);
    expectPixels(corrupt(image(), { kind: 'contrast', severity: 5 }), expected);
  });

  test('elastic_transform', () => {
    const level = { amplitude: 32 * 0.1, sigma: 32 * 0.04, affine: 32 * 0.05 };
    const expected = reference.elasticTransform(pixels, level, streamOf('elastic_transform'));
    expectPixels(corrupt(image(), { kind: 'elastic_transform', severity: 4 }), expected, 1e-4);
  });

  test('shot_noise', () => {
    const noise = reference.normalPairs(streamOf('shot_noise'), 16 * 18 * 3);
    const counts = pixels.flat(2).map((value, i) => reference.poissonQuantile(value * 60, noise[i]) / 60);
    const found = values(corrupt(image(), { kind: 'shot_noise', severity: 1, scale: 224 }));
    const different = found.filter((value, i) => Math.abs(value - Math.min(counts[i], 1)) > 1e-4);
    expect(different.length / found.length).toBeLessThan(0.005);
  });
});

test('poisson counts are the quantiles of the distribution at any mean, but for a few draws on an edge', () => {
  const random = randomStream('poisson');
  const means = Array.from({ length: 600 }, (_, i) => (i < 20 ? 0 : 500 * random() ** 4));
  const normal = means.map(() => reference.normal(random));
  const counts = values(poisson(tf.tensor1d(means), tf.tensor1d(normal), 500));
  const expected = means.map((value, i) => reference.poissonQuantile(value, normal[i]));
  const different = counts.filter((count, i) => count !== expected[i]).length;
  expect(different).toBeLessThan(6);
  expect(counts.slice(0, 20)).toEqual(Array(20).fill(0));
  counts.forEach((count, i) => {
    expect(Math.abs(count - expected[i])).toBeLessThanOrEqual(1);
  });
});

describe('frost', () => {
  const pane = () => values(corrupt(tf.zeros([16, 18, 3]), { kind: 'frost', severity: 2 }));

  test('adds a pane, bluish where it is thin, to the weakened image', () => {
    const frosted = values(corrupt(image(), { kind: 'frost', severity: 3, scale: 64 }));
    const weights = { image: 0.8, pane: 0.45 };
    const expected = pixels
      .flat(2)
      .map((value, i) => Math.min(weights.image * value + (weights.pane / 0.3) * pane()[i], 1));
    frosted.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 5);
    });
    const [red, blue] = [0, 2].map((c) => mean(pane().filter((_, i) => i % 3 === c)));
    expect(blue).toBeGreaterThan(red);
  });
});

describe('plasma', () => {
  test('of two pixels a side follows the rule', () => {
    // Middle: 0 + 5000. Right: (0 + 0 + 5000 + 5000) / 4 + 0. Below: the same - 5000. Then 0 … 1.
    const draws = [0.75, 0.5, 0.25];
    const map = Array.from(plasma(2, 3, () => draws.shift()!));
    [1 / 3, 2 / 3, 0, 1].forEach((value, i) => {
      expect(map[i]).toBeCloseTo(value, 12);
    });
  });

  test('spans 0 … 1, rougher for less decay', () => {
    const roughness = (decay: number) => {
      const map = plasma(32, decay, randomStream('plasma'));
      expect(Math.min(...map)).toBe(0);
      expect(Math.max(...map)).toBe(1);
      return mean(Array.from(map.slice(1), (value, i) => Math.abs(value - map[i])));
    };
    expect(roughness(1.4)).toBeGreaterThan(1.5 * roughness(3));
  });
});

test('the severities of the nearest published size apply', () => {
  const added = (side: number, scale?: 32 | 64 | 224) =>
    values(corrupt(tf.fill([side, side, 3], 0.2), { kind: 'brightness', severity: 1, ...(scale && { scale }) }))[0] -
    0.2;
  expect(added(45)).toBeCloseTo(0.05, 6);
  expect(added(46)).toBeCloseTo(0.1, 6);
  expect(added(46, 32)).toBeCloseTo(0.05, 6);
});

test.each<[object, string]>([
  [{ kind: 'rain', severity: 1 }, 'Expected one of "gaussian_noise", "shot_noise"'],
  [{ kind: 'fog', severity: 0 }, 'Expected one of 1, 2, 3, 4, 5 for option severity, received 0.'],
  [{ kind: 'fog', severity: 1, scale: 96 }, 'Expected one of 32, 64, 224 for option scale, received 96.'],
  [{ kind: 'fog', severity: 1, index: -1 }, 'for option index, received -1'],
  [{ kind: 'fog', severity: 1, strength: 2 }, 'received "strength"'],
])('refuses %j', (options, message) => {
  expect(() => corrupt(image(), options as CorruptArgs)).toThrow(message);
});

test('refuses images that it cannot corrupt', () => {
  const options: CorruptArgs = { kind: 'fog', severity: 1 };
  expect(() => corrupt(tf.zeros([16, 16, 4]) as tf.Tensor3D, options)).toThrow('three channels');
  expect(() => corrupt(tf.zeros([8, 20, 3]) as tf.Tensor3D, options)).toThrow('sides of at least 16 pixels');
  expect(() => corrupt(tf.zeros([16, 16]) as unknown as tf.Tensor3D, options)).toThrow('[H, W, 3] or [N, H, W, 3]');
  expect(() => corrupt(tf.zeros([16, 16, 3], 'bool') as tf.Tensor3D, options)).toThrow('float32 or int32');
});
