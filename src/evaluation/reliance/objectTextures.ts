import * as tf from '@tensorflow/tfjs-core';
import { randomStream } from '../../support/random';
import type { TextureQuality } from '../../texture/plan';
import { synthesizeTexture } from '../../texture/synthesizeTexture';
import { cutSquares } from '../../transforms/cutSquares';

/** A pixel of an object is opaque from here on: 250 of 255. */
const opaque = 0.98;

/**
 * Finds in each object the square of `side` pixels, wholly inside, that looks most like the whole object: whose colors
 * have the nearest mean and mean square. Among equals the one nearest to the image's center is taken.
 *
 * @param images float32 `[N, H, W, C]`.
 * @param masks float32 `[N, H, W, 1]`.
 * @returns Its `[top, left]` for each image; nothing where no such square fits.
 */
export async function squaresInside(
  images: tf.Tensor4D,
  masks: tf.Tensor4D,
  side: number,
): Promise<([number, number] | undefined)[]> {
  const [count, height, width] = masks.shape;
  if (side > Math.min(height, width)) return new Array(count).fill(undefined);
  const columns = width - side + 1;
  const [place, found] = tf.tidy(() => {
    // Rows and columns by turns: the work grows with the side, not with its square.
    const min = tf.neg(tf.maxPool(tf.maxPool(tf.neg(masks), [side, 1], 1, 'valid'), [1, side], 1, 'valid'));
    const fits = tf.greaterEqual(min, opaque);
    const moments = tf.concat([images, tf.square(images)], 3);
    const ofSquares = tf.avgPool(tf.avgPool(moments, [side, 1], 1, 'valid'), [1, side], 1, 'valid');
    const weight = tf.maximum(tf.sum(masks, [1, 2], true), 1e-6);
    const ofObjects = tf.div(tf.sum(tf.mul(moments, masks), [1, 2], true), weight);
    const unlike = tf.sum(tf.squaredDifference(ofSquares, ofObjects), 3, true);
    const cost = tf.where(fits, tf.add(unlike, fromCenter(height - side, width - side)), tf.fill(unlike.shape, 1e9));
    const flat = (x: tf.Tensor) => tf.reshape(x, [count, -1]);
    return [tf.argMin(flat(cost), 1), tf.cast(tf.any(flat(fits), 1), 'int32')];
  });
  const [places, flags] = await Promise.all([place.data(), found.data()]);
  tf.dispose([place, found]);
  return Array.from(places as Int32Array, (i, row) =>
    flags[row] ? [Math.floor(i / columns), i % columns] : undefined,
  );
}

/**
 * Returns a small cost of lying off the center, for each upper left corner up to `bottom` and `right`:
 * `[1, bottom + 1, right + 1, 1]`.
 */
function fromCenter(bottom: number, right: number): tf.Tensor4D {
  const offsets = (last: number, shape: [number, number, number, number]) =>
    tf.reshape(tf.square(tf.sub(tf.range(0, last + 1), last / 2)), shape);
  const squared = tf.add(offsets(bottom, [1, bottom + 1, 1, 1]), offsets(right, [1, 1, right + 1, 1]));
  return tf.mul(squared, 1e-3 / Math.max(1, bottom ** 2 + right ** 2)) as tf.Tensor4D;
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
    const corners = args.squares.map((corner) => [corner]);
    const exemplars = cutSquares(images, corners, args.side);
    return synthesizeTexture(exemplars, { size: [height, width], quality: args.quality, streams });
  });
}
