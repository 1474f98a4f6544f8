import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {
  ArgumentError,
  type PatchNegativeArgs,
  type PatchParams,
  patchNegative,
  randomStream,
} from 'tfjs-nonsemantic-negatives';
import { type Image, noise, noiseBatch, single } from '../support/images';
import { runs } from '../support/runs';
import { bytesOf, countKernels, leakOf } from '../support/tensors';

/** The definition, pixel by pixel: copies cell after cell from its place to the canvas, which cuts it off. */
function resample(image: Image, { patchSize, offsets, grid }: PatchParams): Image {
  const [height, width] = [image.length, image[0].length];
  const canvas: Image = Array.from({ length: height }, () => Array.from({ length: width }, () => []));
  const columns = grid ? grid[1] : Math.ceil(width / patchSize);
  offsets.forEach(([top, left], cell) => {
    const [row, column] = [Math.floor(cell / columns), cell % columns];
    for (let i = 0; i < patchSize; i++)
      for (let j = 0; j < patchSize; j++) {
        const [y, x] = [row * patchSize + i, column * patchSize + j];
        if (y < height && x < width) canvas[y][x] = image[top + i][left + j];
      }
  });
  return canvas;
}

/** Each pixel says where it comes from: row, column and channel in one number. */
const places = (height: number, width: number, channels: number): Image =>
  Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => Array.from({ length: channels }, (_, c) => 10000 * c + 100 * y + x)),
  );

/** An image of any shape together with any legal params for it. */
const sampledImage = fc
  .record({ height: fc.integer({ min: 1, max: 9 }), width: fc.integer({ min: 1, max: 9 }) })
  .chain(({ height, width }) =>
    fc.record({
      height: fc.constant(height),
      width: fc.constant(width),
      channels: fc.integer({ min: 1, max: 4 }),
      patchSize: fc.integer({ min: 1, max: Math.min(height, width) }),
      seed: fc.integer(),
    }),
  );

const apply = (image: tf.Tensor, parameters: PatchParams) => patchNegative().apply(image as tf.Tensor3D, parameters);

describe('the negative of an image', () => {
  test('every pixel is the source’s pixel at its cell’s offset', () => {
    fc.assert(
      fc.property(sampledImage, ({ height, width, channels, patchSize, seed }) => {
        const { sample } = patchNegative({ patchRange: [patchSize, patchSize] });
        const parameters = sample([height, width, channels], randomStream(seed));
        const columns = Math.ceil(width / patchSize);
        tf.tidy(() => {
          const result = apply(tf.tensor3d(places(height, width, channels)), parameters).arraySync() as Image;
          result.forEach((row, y) => {
            row.forEach((pixel, x) => {
              const cell = Math.floor(y / patchSize) * columns + Math.floor(x / patchSize);
              const [top, left] = parameters.offsets[cell];
              const source = 100 * (top + (y % patchSize)) + left + (x % patchSize);
              expect(pixel).toEqual(Array.from({ length: channels }, (_, c) => 10000 * c + source));
            });
          });
        });
      }),
      { numRuns: runs(60), seed: 1 },
    );
  });

  test('agrees with copying cell after cell, in a batch of as many patch sizes as images', () => {
    const sizes = [1, 2, 3, 4, 5];
    const images = sizes.map((size) => noise(5, 8, 3, size));
    const parameters = sizes.map((size) =>
      patchNegative({ patchRange: [size, size] }).sample([5, 8, 3], randomStream('sizes', size)),
    );
    const batch = patchNegative().apply(tf.tensor4d(images), parameters);
    expect(batch.arraySync()).toEqual(images.map((image, n) => resample(image, parameters[n])));
  });

  test('keeps any finite values, to the bit', () => {
    const values = [-1, 255.5, 3.4e38, -3.4e38, 1.2e-38, -0, 1 / 3, 65536];
    const image = tf.tensor3d(values, [2, 2, 2]);
    const parameters = { patchSize: 1, offsets: [1, 3, 0, 2].map((i) => [Math.floor(i / 2), i % 2] as const) };
    expect(bytesOf(apply(image, parameters))).toBe(
      bytesOf(tf.tensor1d([3.4e38, -3.4e38, 1 / 3, 65536, -1, 255.5, 1.2e-38, -0])),
    );
  });

  test('keeps the type: int32 stays int32', () => {
    const image = tf.tensor3d([[[1], [2]]], undefined, 'int32');
    const result = apply(image, { patchSize: 1, offsets: [1, 0].map((x) => [0, x] as const) });
    expect(result.dtype).toBe('int32');
    expect(result.arraySync()).toEqual([[[2], [1]]]);
  });

  test('may come from a grid with spare cells, which the canvas cuts off', () => {
    const image = places(4, 4, 1);
    const offsets = Array.from({ length: 9 }, (_, i) => [i % 3, Math.floor(i / 3)] as const);
    const parameters = { patchSize: 2, grid: [3, 3] as const, offsets };
    expect(apply(tf.tensor3d(image), parameters).arraySync()).toEqual(resample(image, parameters));
  });

  test('equals the reference’s bytes for its own params', () => {
    const file = join(__dirname, '../fixtures/nonsem_patch.json');
    const { cases }: { cases: { outputs: ReferenceDraw[] }[] } = JSON.parse(readFileSync(file, 'utf8'));
    const outputs = cases.flatMap((one) => one.outputs);
    expect(outputs).toHaveLength(7);
    // Transposed as float32, exact up to 2^24, and no mere cast: the WebGPU backend transposes int32 to zeros.
    const image = tf.transpose(tf.reshape(tf.range(0, 3 * 224 * 224), [3, 224, 224]), [1, 2, 0]);
    for (const { patch_size, grid, offsets_wh_row_major, sha256_int32le_chw } of outputs) {
      const parameters = {
        patchSize: patch_size,
        grid: [grid, grid] as const,
        offsets: offsets_wh_row_major.map(([w, h]) => [h, w] as const),
      };
      const result = apply(tf.cast(image, 'int32'), parameters);
      const chw = tf.transpose(tf.add(result, tf.scalar(0)), [2, 0, 1]).dataSync();
      const bytes = new Uint8Array(Int32Array.from(chw).buffer);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256_int32le_chw);
    }
  });
});

interface ReferenceDraw {
  patch_size: number;
  grid: number;
  offsets_wh_row_major: [number, number][];
  sha256_int32le_chw: string;
}

describe('the sampled params', () => {
  const sizes = (count: number, shape: [number, number, number], args?: PatchNegativeArgs) =>
    patchNegative(args)
      .sample([count, ...shape], randomStream('patches'))
      .map(({ patchSize }) => patchSize);

  test.each([
    { shape: [224, 224], range: [16, 72] },
    { shape: [224, 300], range: [16, 72] },
    { shape: [99, 32], range: [2, 10] },
    { shape: [64, 64], range: [5, 21] },
    { shape: [3, 3], range: [1, 1] },
    { shape: [1, 7], range: [1, 1] },
  ])('at $shape the default range is $range, both ends reached', ({ shape: [height, width], range }) => {
    const sampled = sizes(500, [height, width, 3]);
    expect([Math.min(...sampled), Math.max(...sampled)]).toEqual(range);
  });

  test('patch sizes are uniform in the range', () => {
    const counts = [0, 0, 0, 0, 0];
    for (const size of sizes(2000, [9, 9, 3], { patchRange: [3, 7] })) counts[size - 3]++;
    for (const count of counts) expect(Math.abs(count - 400)).toBeLessThan(5 * Math.sqrt(400 * 0.8));
  });

  test('every legal offset is sampled, the last one too, equally often and independently a cell', () => {
    const { sample } = patchNegative({ patchRange: [3, 3] });
    const counts = new Map<string, number>();
    const pairs = new Set<string>();
    for (const { offsets, grid } of sample([2000, 4, 6, 3], randomStream('offsets'))) {
      expect(grid).toEqual([2, 2]);
      expect(offsets).toHaveLength(4);
      for (const offset of offsets) counts.set(offset.join(), (counts.get(offset.join()) ?? 0) + 1);
      pairs.add(`${offsets[0]} ${offsets[1]}`);
    }
    const legal = [0, 1].flatMap((top) => [0, 1, 2, 3].map((left) => `${top},${left}`));
    expect([...counts.keys()].sort()).toEqual(legal);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(1000));
    expect(pairs.size).toBe(64);
  });

  test('is a function of the random stream', () => {
    const sample = (seed: number) => patchNegative().sample([32, 32, 3], randomStream(seed));
    expect(sample(1)).toEqual(sample(1));
    expect(sample(1)).not.toEqual(sample(2));
  });
});

describe('a batch', () => {
  test('gives the same bytes as each image alone', () => {
    const { sample, apply: applyTo } = patchNegative({ patchRange: [1, 5] });
    const images = noiseBatch(6, 7, 5, 2);
    const parameters = sample(images.shape, randomStream('batch'));
    const together = applyTo(images, parameters);
    for (let n = 0; n < 6; n++)
      expect(bytesOf(applyTo(single(images, n), parameters[n]))).toBe(bytesOf(single(together, n)));
  });

  test('takes as many kernels as one image', () => {
    const { sample, apply: applyTo } = patchNegative();
    const kernels = (count: number) => {
      const images = noiseBatch(count, 16, 16);
      const parameters = sample(images.shape, randomStream('kernels'));
      return countKernels(() => applyTo(images, parameters));
    };
    expect(kernels(9)).toBe(kernels(1));
  });

  test('leaves its result and nothing else, and nothing at all after an error', () => {
    const { sample, apply: applyTo } = patchNegative();
    const images = noiseBatch(3, 16, 16);
    const parameters = sample(images.shape, randomStream('memory'));
    expect(leakOf(() => applyTo(images, parameters).dispose())).toBe(0);
    expect(leakOf(() => expect(() => applyTo(images, parameters.slice(1))).toThrow(ArgumentError))).toBe(0);
    expect(images.isDisposed).toBe(false);
  });
});

describe('errors', () => {
  test.each([
    [{ count: 0 }, 'Expected an integer of at least 1 for option count, received 0.'],
    [{ seed: '1' }, 'Expected a number for option seed, received "1".'],
    [{ patchRange: [4, 2] }, 'Expected an ascending pair [min, max] for option patchRange, received [4, 2].'],
    [{ patchRange: [0, 2] }, 'Expected an integer of at least 1 for option patchRange[0], received 0.'],
    [{ patchRange: 16 }, 'Expected a pair [min, max] for option patchRange, received 16.'],
    [{ patchRange: [1.5, 2] }, 'Expected an integer of at least 1 for option patchRange[0], received 1.5.'],
    [{ patches: 1 }, 'for the options of patchNegative(), received "patches".'],
  ])('%j', (args, message) => {
    expect(() => patchNegative(args as PatchNegativeArgs)).toThrow(ArgumentError);
    expect(() => patchNegative(args as PatchNegativeArgs)).toThrow(message);
  });

  test('a patch range larger than the image', () => {
    const negative = patchNegative({ patchRange: [4, 9] });
    const message = 'Expected patch sizes of at most 8 for option patchRange, received [4, 9]. The image is no larger.';
    expect(() => negative(noiseBatch(1, 8, 20))).toThrow(message);
    expect(leakOf(() => expect(() => negative(tf.zeros([8, 20, 3]))).toThrow(message))).toBe(1); // the zeros
  });

  test.each([
    [
      { patchSize: 5, offsets: [] },
      'Expected an integer of at least 1 and of at most 4 for option patchSize, received 5.',
    ],
    [
      { patchSize: 2, offsets: [[0, 0]] },
      'Expected 2 x 3 crops of 2 pixels that cover 4 x 5 for option offsets, received 1 crops.',
    ],
    [
      {
        patchSize: 4,
        offsets: [
          [0, 0],
          [1, 1],
        ],
      },
      'Expected an integer of at least 0 and of at most 0 for option offsets (top), received 1.',
    ],
    [
      {
        patchSize: 4,
        offsets: [
          [0, 0],
          [0, 2],
        ],
      },
      'Expected an integer of at least 0 and of at most 1 for option offsets (left), received 2.',
    ],
    [
      { patchSize: 4, grid: [1, 1], offsets: [[0, 0]] },
      'Expected 1 x 1 crops of 4 pixels that cover 4 x 5 for option offsets, received 1 crops.',
    ],
  ])('the params %j for an image of 4 x 5', (params, message) => {
    expect(() => apply(tf.zeros([4, 5, 3]), params as unknown as PatchParams)).toThrow(message);
  });
});
