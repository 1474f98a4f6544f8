import * as tf from '@tensorflow/tfjs-core';
import * as tfd from '@tensorflow/tfjs-data';
import {
  type CueImages,
  type CueImagesArgs,
  cueConflicts,
  cueImages,
  edges,
  shufflePatches,
} from 'tfjs-nonsemantic-negatives/evaluation';
import { drawPairs } from '../../../src/evaluation/reliance/cueConflicts';
import { byteNoise, noise, noiseBatch } from '../../support/images';
import { countReads, maxDifference } from '../../support/tensors';
import { expectNoLeak } from '../support';
import { drawnBatch, drawnPictures, side } from './pictures';

describe('edges()', () => {
  /** Sobel by its definition, with the border repeated. */
  function slowEdges(image: number[][][]): number[][] {
    const [height, width] = [image.length, image[0].length];
    const at = (y: number, x: number, c: number) =>
      image[Math.min(height - 1, Math.max(0, y))][Math.min(width - 1, Math.max(0, x))][c];
    const kernel = [-1, 0, 1];
    const length = image.map((row, y) =>
      row.map((pixel, x) =>
        Math.max(
          ...pixel.map((_, c) => {
            let [down, across] = [0, 0];
            for (const v of kernel) {
              for (const u of kernel) {
                down += v * (2 - Math.abs(u)) * at(y + v, x + u, c);
                across += u * (2 - Math.abs(v)) * at(y + v, x + u, c);
              }
            }
            return Math.hypot(down, across);
          }),
        ),
      ),
    );
    const longest = Math.max(...length.flat());
    return length.map((row) => row.map((value) => 1 - value / longest));
  }

  test.each([
    [7, 9, 3],
    [5, 5, 1],
    [1, 6, 3],
    [6, 1, 2],
  ])('agrees with loops on %i x %i x %i', (height, width, channels) => {
    const image = noise(height, width, channels);
    const drawn = edges(tf.tensor4d([image]));
    const expected = slowEdges(image).map((row) => row.map((value) => Array(channels).fill(value)));
    expect(maxDifference(drawn, expected.flat(2))).toBeLessThan(1e-5);
  });

  test('is white where there is none, scales each image by itself, and takes int32', () => {
    const flat = tf.fill<tf.Rank.R4>([1, 4, 4, 3], 0.3);
    expect(maxDifference(edges(flat), Array(48).fill(1))).toBe(0);
    const image = tf.tensor4d([noise(5, 5)]);
    const faint = tf.add(tf.mul(image, 0.1), 0.2) as tf.Tensor4D;
    expect(maxDifference(edges(tf.concat([image, faint])), edges(tf.concat([image, image])))).toBeLessThan(1e-5);
    const bytes = byteNoise(5, 5);
    const [int, float] = [tf.tensor4d([bytes], undefined, 'int32'), tf.div<tf.Tensor4D>(tf.tensor4d([bytes]), 255)];
    expect(maxDifference(edges(int), edges(float))).toBe(0);
  });
});

describe('shufflePatches()', () => {
  const patchesOf = (image: tf.Tensor4D, grid: number) => {
    const size = image.shape[1] / grid;
    return Array.from({ length: grid * grid }, (_, cell) => {
      const start = [0, Math.floor(cell / grid) * size, (cell % grid) * size, 0] as [number, number, number, number];
      return [...tf.slice(image, start, [1, size, size, -1]).dataSync()].join();
    });
  };

  test('moves every patch, and keeps each once', () => {
    const images = noiseBatch(3, 12, 12);
    const shuffled = shufflePatches(images, { grid: 3, seed: 5 });
    for (let i = 0; i < 3; i++) {
      const [before, after] = [images, shuffled].map((x) => patchesOf(tf.slice(x, [i, 0, 0, 0], [1, -1, -1, -1]), 3));
      expect(after).not.toEqual(before);
      expect([...after].sort()).toEqual([...before].sort());
    }
  });

  test('depends on the seed and the image alone', () => {
    const images = noiseBatch(3, 8, 8);
    const values = (x: tf.Tensor) => [...x.dataSync()];
    expect(values(shufflePatches(images))).toEqual(values(shufflePatches(images)));
    expect(values(shufflePatches(images, { seed: 1 }))).not.toEqual(values(shufflePatches(images)));
    const first = tf.slice(images, [0, 0, 0, 0], [1, -1, -1, -1]);
    expect(values(shufflePatches(first))).toEqual(values(shufflePatches(images)).slice(0, 192));
    expect(shufflePatches(tf.ones([1, 8, 8, 3], 'int32')).dtype).toBe('int32');
  });

  test('covers sides that patches do not divide', () => {
    // Each column has a value of its own; patches of 3 pixels in 7 columns start at 0, 3 and 4.
    const row = tf.reshape(tf.range(0, 7), [1, 1, 7, 1]);
    const image = tf.tile(row, [1, 5, 1, 1]) as tf.Tensor4D;
    const shuffled = tf.squeeze(shufflePatches(image, { grid: 2 })).arraySync() as number[][];
    expect([shuffled.length, shuffled[0].length]).toEqual([5, 7]);
    const starts = [shuffled[0], shuffled[3]].flatMap((line) => [line[0], line[3], line[6]]);
    expect(starts.sort()).toEqual([0, 0, 3, 3, 4, 4]);
  });

  test('says what it cannot use', () => {
    expect(() => shufflePatches(tf.ones([8, 8, 3]) as never)).toThrow('Expected images [N, H, W, C] for input images');
    expect(() => shufflePatches(noiseBatch(1, 8, 12), { grid: 9 })).toThrow('option grid');
    expect(() => shufflePatches(noiseBatch(1, 8, 8), { grid: 0 })).toThrow('option grid');
    expect(() => shufflePatches(noiseBatch(1, 8, 8), { keys: [1, 2] })).toThrow('option keys');
  });
});

describe('cueImages()', () => {
  const args = { exemplarSize: 8, conflicts: 12, seed: 3 };
  const shapeOnly: CueImagesArgs = { cues: ['silhouettes', 'edges', 'patches'] };
  /** Made once: on the cpu backend textures take their time. */
  let cues: CueImages;
  beforeAll(async () => {
    cues = await cueImages(drawnBatch(), args);
  });

  test('makes all versions, row by row of the same concepts', async () => {
    const { images, masks } = drawnPictures();
    expect(
      maxDifference(
        cues.images,
        images.flat(2).flatMap((pixel) => pixel.slice(0, 3)),
      ),
    ).toBe(0);
    expect(maxDifference(cues.masks, masks.flat(2))).toBe(0);
    expect(
      maxDifference(
        cues.silhouettes!,
        masks.flat(2).flatMap((inside) => Array(3).fill(1 - inside)),
      ),
    ).toBe(0);
    expect(maxDifference(cues.edges!, edges(cues.images))).toBe(0);
    expect(maxDifference(cues.patches!, shufflePatches(cues.images, { seed: 3 }))).toBe(0);
    expect(cues.indices).toEqual([0, 1, 2, 3, 4, 5]);
    expect([cues.skipped, cues.labels]).toEqual([[], undefined]);
  });

  test('textures show the object and nothing of the background', async () => {
    const { textures, images } = cues;
    expect(textures!.shape).toEqual([6, side, side, 3]);
    const means = (x: tf.Tensor4D) => tf.mean(x, [1, 2]).arraySync() as number[][];
    const { masks } = drawnPictures();
    const pixels = images.arraySync();
    for (const [i, mean] of means(textures!).entries()) {
      const inside = pixels[i].flatMap((row, y) => row.filter((_, x) => masks[i][y][x] === 1));
      for (const [c, value] of mean.entries())
        expect(Math.abs(value - inside.reduce((sum, pixel) => sum + pixel[c], 0) / inside.length)).toBeLessThan(0.02);
    }
    expect(tf.max(textures!).dataSync()[0]).toBeLessThan(0.9);
  });

  test('conflicts agree with loops: mask of A, texture of B, background of A', async () => {
    const made = cueConflicts(cues).arraySync();
    const textures = cues.textures!.arraySync();
    const { masks } = drawnPictures();
    expect(cues.pairs).toHaveLength(12);
    for (const [i, [shape, texture]] of cues.pairs.entries()) {
      expect(shape).not.toBe(texture);
      for (let y = 0; y < side; y++)
        for (let x = 0; x < side; x++)
          expect(made[i][y][x]).toEqual(masks[shape][y][x] ? textures[texture][y][x] : [1, 1, 1]);
    }
    expect(cueConflicts(cues, [[2, 4]]).shape).toEqual([1, side, side, 3]);
    expect(() => cueConflicts(cues, [])).toThrow('at least one pair [shape, texture] for option pairs');
    expect(() => cueConflicts(cues, [[2, 6]])).toThrow('option pairs[0][1]');
    expect(() => cueConflicts({ ...cues, textures: undefined })).toThrow('cue images with textures for input cues');
  });

  test('pairs differ from one another, and every concept lends each cue equally often', async () => {
    const pairs = drawPairs(6, 30, 1);
    expect(new Set(pairs.map(String)).size).toBe(30);
    const half = cues.pairs;
    for (const end of [0, 1])
      expect(half.map((pair) => pair[end]).sort()).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    await expect(cueImages(drawnBatch(), { ...args, conflicts: 31 })).rejects.toThrow(
      'at most 30 for option conflicts',
    );
  });

  test('the seed decides textures, patches and pairs', async () => {
    const values = async (seed: number) => {
      const { textures, patches, pairs } = await cueImages(drawnBatch(3), { exemplarSize: 8, seed });
      return [String(textures!.dataSync()), String(patches!.dataSync()), String(pairs)];
    };
    const [first, again, other] = [await values(1), await values(1), await values(2)];
    expect(again).toEqual(first);
    for (const [i, value] of other.entries()) expect(value === first[i]).toBe(false);
  });

  test('a picture gets the same versions alone and among others', async () => {
    const some = await cueImages(tf.slice(drawnBatch(), 0, 2), { ...args, conflicts: 2 });
    for (const version of ['textures', 'silhouettes', 'edges', 'patches'] as const) {
      const first = tf.slice(cues[version]!, 0, 2);
      expect(maxDifference(some[version]!, first)).toBe(0);
    }
  });

  test('a dataset, int32, labels and a plain background give the same', async () => {
    const bytes = tf.cast(tf.round(tf.mul(drawnBatch(undefined, { alpha: false }), 255)), 'int32') as tf.Tensor4D;
    const labels = [4, 4, 2, 2, 0, 0];
    const plain = { ...args, ...shapeOnly };
    const batch = await cueImages({ xs: bytes, ys: tf.tensor1d(labels, 'int32') }, plain);
    expect(maxDifference(batch.silhouettes!, cues.silhouettes!)).toBe(0);
    expect(maxDifference(batch.images, cues.images)).toBeLessThan(1 / 255);
    expect(batch.labels).toEqual(labels);
    const images = tf.unstack(bytes);
    const dataset = tfd.array(images.map((xs, i) => ({ xs, ys: tf.scalar(labels[i], 'int32') }))).batch(4);
    const streamed = await cueImages(dataset, plain);
    expect(maxDifference(streamed.edges!, batch.edges!)).toBe(0);
    expect(streamed.labels).toEqual(labels);
  });

  test('downscale takes means of pixels after the textures were made', async () => {
    const small = await cueImages(tf.slice(drawnBatch(), 0, 2), { ...args, conflicts: 2, downscale: 2 });
    for (const version of ['images', 'textures', 'silhouettes'] as const) {
      const large = tf.avgPool(tf.slice(cues[version]!, 0, 2), 2, 2, 'valid');
      expect(maxDifference(small[version]!, large)).toBeLessThan(1e-6);
    }
    await expect(cueImages(drawnBatch(), { ...args, downscale: 5 })).rejects.toThrow(
      'a divisor of 24 and 24 for option downscale',
    );
  });

  test('on a dark background silhouettes are bright', async () => {
    const dark = tf.sub<tf.Tensor4D>(1, drawnBatch(undefined, { alpha: false }));
    const dim = await cueImages(dark, shapeOnly);
    expect(maxDifference(dim.silhouettes!, tf.tile(cues.masks, [1, 1, 1, 3]))).toBe(0);
    expect(maxDifference(dim.backgrounds, Array(18).fill(0))).toBe(0);
  });

  test('what is transparent is white, by whatever rule the mask is made', async () => {
    const { images } = drawnPictures();
    // Under the transparent pixels lies black.
    const hidden = images.map((image) => image.map((row) => row.map((pixel) => (pixel[3] ? pixel : [0, 0, 0, 0]))));
    for (const mask of ['alpha', 'background'] as const) {
      const made = await cueImages(tf.tensor4d(hidden), { ...shapeOnly, mask });
      expect(maxDifference(made.images, cues.images)).toBe(0);
      expect(maxDifference(made.silhouettes!, cues.silhouettes!)).toBe(0);
    }
  });

  test('gray pictures stay gray', async () => {
    const gray = tf.mean(drawnBatch(undefined, { alpha: false }), 3, true) as tf.Tensor4D;
    const { textures, silhouettes, edges } = await cueImages(tf.slice(gray, 0, 2), { exemplarSize: 8 });
    for (const version of [textures!, silhouettes!, edges!]) expect(version.shape).toEqual([2, side, side, 1]);
    const withAlpha = tf.concat([gray, tf.slice(drawnBatch(), [0, 0, 0, 3])], 3) as tf.Tensor4D;
    const { silhouettes: same } = await cueImages(tf.slice(withAlpha, 0, 2), shapeOnly);
    expect(maxDifference(same!, silhouettes!)).toBe(0);
  });

  test('leaves out empty and full masks and objects too thin for a texture, and says so', async () => {
    const blank = tf.concat([tf.ones([1, side, side, 3]), tf.zeros([1, side, side, 1])], 3);
    const thin = tf.pad(tf.ones([1, side, 3, 1]), [
      [0, 0],
      [0, 0],
      [9, 12],
      [0, 0],
    ]);
    const line = tf.concat([tf.zeros([1, side, side, 3]), thin], 3);
    const pictures = tf.concat([blank, drawnBatch(2), tf.ones([1, side, side, 4]), line]) as tf.Tensor4D;
    const some = await cueImages(pictures, { exemplarSize: 8 });
    expect(some.indices).toEqual([1, 2]);
    expect(some.skipped).toEqual([
      { index: 0, reason: 'an empty mask' },
      { index: 3, reason: 'a full mask' },
      { index: 4, reason: 'no square of 8 pixels inside its mask' },
    ]);
    expect((await cueImages(pictures, { cues: ['silhouettes'] })).indices).toEqual([1, 2, 4]);
    expect(maxDifference(some.silhouettes!, tf.slice(cues.silhouettes!, 0, 2))).toBe(0);
    await expect(cueImages(tf.concat([blank, drawnBatch(1), blank]) as tf.Tensor4D)).rejects.toThrow(
      'Expected at least 2 usable pictures for input pictures, received 1 usable, 2 with an empty mask.',
    );
    await expect(cueImages(tf.ones([3, 8, 8, 4]))).rejects.toThrow('received 0 usable, 3 with a full mask.');
    await expect(cueImages(drawnBatch(1))).rejects.toThrow('received 1 usable.');
  });

  test('makes no shapes of boxes that are all the same', async () => {
    const photos = noiseBatch(2, side, side);
    const boxed = await cueImages(photos, { mask: 'box', exemplarSize: 8 });
    expect(
      Object.keys(boxed)
        .filter((name) => boxed[name as 'edges'] instanceof tf.Tensor)
        .sort(),
    ).toEqual(['backgrounds', 'edges', 'images', 'masks', 'patches', 'textures']);
    expect([boxed.pairs, maxDifference(boxed.images, photos)]).toEqual([[], 0]);
    await expect(cueImages(photos, { mask: 'box', cues: ['edges', 'conflicts'] })).rejects.toThrow(
      'Expected masks that differ for option mask, received 2 equal masks. Needed for the cues conflicts.',
    );
    const whole = await cueImages(photos, { mask: tf.ones([2, side, side, 1]), cues: ['edges'] });
    expect(whole.indices).toHaveLength(2);
  });

  test.each([
    [{ mask: 'alpha' }, "'background', 'box' or masks for option mask"],
    [{ mask: 'saliency' }, 'option mask'],
    [
      () => ({ mask: tf.ones([6, 4, 4, 1]) }),
      'Expected masks of shape [6, 24, 24, 1] for option mask, received a float32 tensor of shape [6, 4, 4, 1].',
    ],
    [{ cues: [] }, 'option cues'],
    [{ cues: ['shape'] }, 'option cues[0]'],
    [{ exemplarSize: 7 }, 'option exemplarSize'],
    [{ exemplarSize: 25 }, '6 with no square of 25 pixels'],
    [{ quality: 'best' }, 'option quality'],
    [{ sead: 1 }, 'the options of cueImages'],
  ] as [unknown, string][])('refuses %j', async (wrong, message) => {
    const before = tf.memory().numTensors;
    const pictures = drawnBatch(undefined, { alpha: false });
    const args = typeof wrong === 'function' ? (wrong as () => object)() : wrong;
    await expect(cueImages(pictures, args as never)).rejects.toThrow(message);
    tf.dispose([pictures, args as tf.TensorContainer]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('refuses values outside of the two raw forms, but for rounding', async () => {
    const filled = (value: number, dtype?: 'int32') => cueImages(tf.fill([3, 8, 8, 3], value, dtype) as tf.Tensor4D);
    const raw = 'Expected raw images, float32 in 0 … 1 or int32 in 0 … 255 for input pictures, received values from ';
    await expect(filled(2)).rejects.toThrow(`${raw}2 to 2.`);
    await expect(filled(-1)).rejects.toThrow(`${raw}-1 to -1.`);
    await expect(filled(256, 'int32')).rejects.toThrow(raw);
    await expect(filled(NaN)).rejects.toThrow('Expected finite numbers for input pictures, received NaN in row 0.');
    await expect(filled(1.0005)).rejects.toThrow('Expected at least 2 usable pictures');
    await expect(cueImages(tf.ones([3, 8, 8, 5]))).rejects.toThrow('raw images [N, H, W, C], C from 1 to 4');
  });

  test('leaks nothing, and conflicts read nothing back', async () => {
    const pictures = drawnBatch(2);
    await expectNoLeak(async () => tf.dispose(await cueImages(pictures, { exemplarSize: 8 })));
    const reads = countReads(() => cueConflicts(cues));
    if (!['cpu', 'wasm'].includes(tf.getBackend())) expect(reads).toBe(0);
  });
});
