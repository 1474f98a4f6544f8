import * as tf from '@tensorflow/tfjs-core';
import { checkFunction, checkTensor } from '../support/checks';
import { ArgumentError, describe } from '../support/errors';
import type { Random } from '../support/random';

/** Shape of an image, [H, W, C]. */
export type ImageShape = readonly [number, number, number];
/** Shape of a batch of images, [N, H, W, C]. */
export type BatchShape = readonly [number, number, number, number];

/**
 * A random change of images in two steps, for one image or a batch: sample params, then apply them.
 *
 * Params are plain objects, so they can be kept, replayed on other images, or written by hand.
 */
export interface RandomTransform<Params> {
  /** Samples params for each image of a batch `[N, H, W, C]`. */
  sample(shape: BatchShape, random: Random): Params[];
  /** Samples params for one image of shape `[H, W, C]`. */
  sample(shape: ImageShape, random: Random): Params;
  /** Changes an image `[H, W, C]` by its params. */
  apply(images: tf.Tensor3D, params: Params): tf.Tensor3D;
  /** Changes a batch `[N, H, W, C]`, each image by its own params. */
  apply(images: tf.Tensor4D, params: readonly Params[]): tf.Tensor4D;
}

/**
 * Makes a `RandomTransform` of its parts, as for an augmentation of your own in `twoViews`.
 *
 * @param sampleImage Samples plain params for one image of shape `[H, W, C]`.
 * @param applyBatch Changes a batch `[N, H, W, C]`, each image by its own params; it runs in a `tf.tidy`.
 * @throws ArgumentError if one of the two is not a function; `sample` and `apply`, for what does not fit.
 */
export function randomTransform<Params>(
  sampleImage: (shape: ImageShape, random: Random) => Params,
  applyBatch: (images: tf.Tensor4D, params: readonly Params[]) => tf.Tensor4D,
): RandomTransform<Params> {
  checkFunction('sampleImage', sampleImage);
  checkFunction('applyBatch', applyBatch);
  const sample = (shape: readonly number[], random: Random) => {
    checkShape(shape);
    checkFunction('random', random);
    if (shape.length === 3) return sampleImage(shape as unknown as ImageShape, random);
    return Array.from({ length: shape[0] }, () => sampleImage(shape.slice(1) as unknown as ImageShape, random));
  };
  const apply = (images: tf.Tensor, params: Params | readonly Params[]) => {
    const expected = 'shape [H, W, C] or [N, H, W, C]';
    checkTensor('the images of apply()', images, expected, ({ rank, size }) => (rank === 3 || rank === 4) && size > 0);
    const single = images.rank === 3;
    const entries = (Array.isArray(params) ? params : [params]) as readonly Params[];
    checkEntries(entries, single ? 1 : images.shape[0]);
    return tf.tidy(() => {
      const batch = (single ? tf.expandDims(images, 0) : images) as tf.Tensor4D;
      const changed = applyBatch(batch, entries);
      return single ? tf.squeeze(changed, [0]) : changed;
    });
  };
  return { sample, apply } as RandomTransform<Params>;
}

function checkShape(shape: readonly number[]): void {
  const fits =
    Array.isArray(shape) &&
    (shape.length === 3 || shape.length === 4) &&
    shape.every((side) => Number.isInteger(side) && side > 0);
  if (!fits) throw new ArgumentError('the shape of sample()', '[H, W, C] or [N, H, W, C]', describe(shape));
}

function checkEntries(entries: readonly unknown[], images: number): void {
  const subject = 'the params of apply()';
  if (entries.length !== images)
    throw new ArgumentError(subject, `an entry for each of ${images} images`, `${entries.length}`);
  for (const entry of entries) {
    if (typeof entry !== 'object' || entry === null)
      throw new ArgumentError(subject, 'an object for each image', describe(entry));
  }
}
