import * as tf from '@tensorflow/tfjs-core';
import { randomStream } from '../../support/random';
import type { TextureQuality } from '../../texture/plan';
import { synthesizeTexture } from '../../texture/synthesizeTexture';

/** A pixel of an object is opaque from here on: 250 of 255. */
const opaque = 0.98;

/**
 * Finds in each mask the square of `side` pixels that lies wholly inside the object, nearest to the object's centroid.
 *
 * @param masks float32 `[N, H, W, 1]`.
 * @returns Its `[top, left]` for each mask; nothing for one in which no such square fits.
 */
export async function squaresInside(masks: tf.Tensor4D, side: number): Promise<([number, number] | undefined)[]> {
  const [count, height, width] = masks.shape;
  if (side > Math.min(height, width)) return new Array(count).fill(undefined);
  const columns = width - side + 1;
  const [place, found] = tf.tidy(() => {
    // Erosion: the least value of each square, rows and columns by turns.
    const outside = tf.neg(masks);
    const least = tf.neg(tf.maxPool(tf.maxPool(outside, [side, 1], 1, 'valid'), [1, side], 1, 'valid'));
    const [y, x] = centroids(masks);
    const offset = (length: number, center: tf.Tensor) =>
      tf.squaredDifference(tf.range(side / 2, length - side / 2 + 0.5), center);
    const distance = tf.add(tf.expandDims(offset(height, y), 2), tf.expandDims(offset(width, x), 1));
    const fits = tf.greaterEqual(tf.squeeze(least, [3]), opaque);
    const score = tf.reshape(tf.where(fits, tf.neg(distance), tf.fill(distance.shape, -1e9)), [count, -1]);
    return [tf.argMax(score, 1), tf.cast(tf.any(tf.reshape(fits, [count, -1]), 1), 'int32')];
  });
  const [places, flags] = await Promise.all([place.data(), found.data()]);
  tf.dispose([place, found]);
  return Array.from(places as Int32Array, (i, row) =>
    flags[row] ? [Math.floor(i / columns), i % columns] : undefined,
  );
}

/** Row and column, counted from the upper left corner, of each mask's center of mass: two `[N, 1]`. */
function centroids(masks: tf.Tensor4D): [tf.Tensor, tf.Tensor] {
  const mass = tf.maximum(tf.sum(masks, [1, 2]), 1e-6);
  const along = (axis: 1 | 2) => {
    const centers = tf.add(tf.range(0, masks.shape[axis]), 0.5);
    return tf.div(tf.sum(tf.mul(tf.sum(tf.squeeze(masks, [3]), axis === 1 ? 2 : 1), centers), 1, true), mass);
  };
  return [along(1), along(2)];
}

/** What `objectTextures` needs beside the images. */
export interface ObjectTexturesArgs {
  /** `[top, left]` of the exemplar in each image. */
  squares: readonly (readonly [number, number])[];
  /** Side of the exemplars. */
  side: number;
  quality: TextureQuality;
  /** Texture i is a function of its exemplar and (seed, key i). */
  seed: number;
  keys: readonly number[];
}

/** Synthesizes from a square of each image a texture of the image's own size: float32 `[N, H, W, C]`. */
export function objectTextures(images: tf.Tensor4D, args: ObjectTexturesArgs): tf.Tensor4D {
  const [, height, width] = images.shape;
  const streams = args.keys.map((key) => randomStream(args.seed, key, 'texture of an object'));
  return tf.tidy(() => {
    const exemplars = tf.expandDims(cutSquares(images, args.squares, args.side), 1) as tf.Tensor5D;
    return synthesizeTexture(exemplars, { size: [height, width], quality: args.quality, streams });
  });
}

/** Cuts one square out of each image: `[N, H, W, C]` to `[N, side, side, C]`. */
function cutSquares(images: tf.Tensor4D, squares: readonly (readonly [number, number])[], side: number): tf.Tensor4D {
  const [count, height, width, channels] = images.shape;
  const corner = tf.tensor3d(
    squares.map(([top, left]) => top * width + left),
    [count, 1, 1],
    'int32',
  );
  const steps = Int32Array.from({ length: side * side }, (_, i) => Math.floor(i / side) * width + (i % side));
  const pixel = tf.add(corner, tf.tensor3d(steps, [1, side, side], 'int32'));
  const image = tf.mul(tf.reshape(tf.range(0, count, 1, 'int32'), [count, 1, 1]), tf.onesLike(pixel));
  const pixels = tf.reshape(images, [count, height * width, channels]);
  return tf.gatherND(pixels, tf.stack([image, pixel], -1)) as tf.Tensor4D;
}
