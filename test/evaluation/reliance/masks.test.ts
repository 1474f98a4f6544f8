import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { ArgumentError } from 'tfjs-nonsemantic-negatives';
import { backgroundMask, boxMask } from 'tfjs-nonsemantic-negatives/evaluation';
import { expectNoLeak } from '../support';
import { drawnBatch, drawnPictures, side } from './pictures';

/** Breadth first from the border, through pixels like the border's median. */
function slowMask(image: number[][][], tolerance: number): number[][] {
  const [height, width, channels] = [image.length, image[0].length, image[0][0].length];
  const border: number[][] = [];
  for (let x = 0; x < width; x++) border.push(image[0][x], image[height - 1][x]);
  for (let y = 0; y < height; y++) border.push(image[y][0], image[y][width - 1]);
  const ground = Array.from({ length: channels }, (_, c) => {
    const values = border.map((pixel) => pixel[c]).sort((a, b) => b - a);
    return values[Math.ceil(values.length / 2) - 1];
  });
  const like = (y: number, x: number) => image[y][x].every((value, c) => Math.abs(value - ground[c]) <= tolerance);
  const mask = image.map((row) => row.map(() => 1));
  const queue: [number, number][] = [];
  const visit = (y: number, x: number) => {
    if (y < 0 || x < 0 || y >= height || x >= width || mask[y][x] === 0 || !like(y, x)) return;
    mask[y][x] = 0;
    queue.push([y, x]);
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) if (y === 0 || x === 0 || y === height - 1 || x === width - 1) visit(y, x);
  }
  for (let at = queue.shift(); at; at = queue.shift()) {
    const [y, x] = at;
    visit(y - 1, x);
    visit(y + 1, x);
    visit(y, x - 1);
    visit(y, x + 1);
  }
  return mask;
}

const maskOf = async (image: number[][][], tolerance = 0.1) => {
  const images = tf.tensor4d([image]);
  const mask = await backgroundMask(images, { tolerance });
  const rows = tf.squeeze(mask, [0, 3]).arraySync() as number[][];
  tf.dispose([images, mask]);
  return rows;
};

describe('backgroundMask()', () => {
  test('finds the shapes on white, whose alpha it does not see', async () => {
    const mask = await backgroundMask(drawnBatch(undefined, { alpha: false }));
    expect(mask.shape).toEqual([6, side, side, 1]);
    expect(tf.squeeze(mask, [3]).arraySync()).toEqual(drawnPictures().masks);
  });

  test('agrees with a search pixel by pixel, on any picture', async () => {
    const pixel = fc.constantFrom<number[]>([0.5], [0.55], [0.9]);
    const picture = fc
      .integer({ min: 1, max: 9 })
      .chain((width) =>
        fc.array(fc.array(pixel, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 9 }),
      );
    await fc.assert(
      fc.asyncProperty(picture, async (image) => expect(await maskOf(image)).toEqual(slowMask(image, 0.1))),
      { seed: 1, numRuns: 60 },
    );
  });

  test('follows a winding way longer than the sides', async () => {
    // A spiral of background, one pixel wide, that begins at the border.
    const size = 15;
    const spiral = Array.from({ length: size }, () => Array.from({ length: size }, () => [0]));
    let [y, x, dy, dx] = [1, 0, 0, 1];
    for (let turn = 0; turn < 60; ) {
      spiral[y][x] = [1];
      const free = (v: number, u: number) => v > 0 && u > 0 && v < size - 1 && u < size - 1;
      const next = [y + dy, x + dx];
      const after = [y + 2 * dy, x + 2 * dx];
      if (free(next[0], next[1]) && spiral[after[0]]?.[after[1]]?.[0] !== 1) [y, x] = next;
      else [dy, dx, turn] = [dx, -dy, turn + 1];
    }
    const ring = spiral.map((row, v) =>
      row.map((pixel, u) => (v === 0 || v === size - 1 || u === size - 1 ? [1] : pixel)),
    );
    const mask = await maskOf(ring);
    expect(mask).toEqual(slowMask(ring, 0.1));
    expect(ring.flat(2).filter((value) => value === 1).length).toBeGreaterThan(4 * size);
    expect(mask.flat().filter((value) => value === 0)).toHaveLength(ring.flat(2).filter((value) => value === 1).length);
  });

  test('keeps holes, and takes int32 as float32', async () => {
    const ring = [0, 0, 0, 0, 0, 0, 9, 9, 9, 0, 0, 9, 0, 9, 0, 0, 9, 9, 9, 0, 0, 0, 0, 0, 0];
    const expected = [0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0];
    const bytes = tf.tensor4d(
      ring.map((value) => 28 * value),
      [1, 5, 5, 1],
      'int32',
    );
    expect([...(await backgroundMask(bytes)).dataSync()]).toEqual(expected);
    expect([...(await backgroundMask(tf.div(bytes, 255))).dataSync()]).toEqual(expected);
  });

  test('leaks nothing, and refuses what it cannot use', async () => {
    const images = drawnBatch(2, { alpha: false });
    await expectNoLeak(async () => (await backgroundMask(images)).dispose());
    await expect(backgroundMask(tf.ones([2, 2, 3]) as never)).rejects.toThrow(
      'Expected images [N, H, W, C] for input images',
    );
    await expect(backgroundMask(images, { tolerance: 2 })).rejects.toThrow('option tolerance');
    await expect(backgroundMask(images, { tolerence: 2 } as never)).rejects.toThrow(ArgumentError);
  });
});

describe('boxMask()', () => {
  const images = () => tf.zeros<tf.Rank.R4>([2, 4, 8, 3]);
  const rowsOf = (mask: tf.Tensor4D) =>
    (tf.squeeze(mask, [3]).arraySync() as number[][][]).map((rows) => rows.map((row) => row.join('')));

  test('is the middle by default', () => {
    expect(rowsOf(boxMask(tf.zeros([1, 8, 8, 1])))[0]).toEqual(['00000000', ...Array(6).fill('01111110'), '00000000']);
  });

  test('takes one box for all, or one an image', () => {
    const half = ['00001111', '00001111', '00000000', '00000000'];
    expect(rowsOf(boxMask(images(), { box: [0, 0.5, 0.5, 1] }))).toEqual([half, half]);
    const [first, second] = rowsOf(
      boxMask(images(), {
        box: [
          [0, 0, 1, 1],
          [0.25, 0, 0.5, 0.125],
        ],
      }),
    );
    expect(first).toEqual(Array(4).fill('11111111'));
    expect(second).toEqual(['00000000', '10000000', '00000000', '00000000']);
  });

  test.each([
    [[0, 0, 1], 'a box [top, left, bottom, right] for option box[0]'],
    [[0, 0, 2, 1], 'option box[0][2]'],
    [[0.5, 0, 0.5, 1], 'a box with top < bottom and left < right for option box[0]'],
    [[[0, 0, 1, 1]], 'one box, or 2 for option box'],
    ['middle', 'option box'],
  ])('refuses %j', (box, message) => {
    expect(() => boxMask(images(), { box: box as number[] })).toThrow(message);
  });
});
