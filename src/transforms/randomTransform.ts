import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError, checkFunction, checkTensor, describe } from '../support/errors';
import type { Random } from '../support/random';

type ImageShape = readonly [number, number, number];
type BatchShape = readonly [number, number, number, number];

/**
 * A random change of images in two steps, draw and apply, for one image or a batch. Parameters are plain objects, so a
 * draw can be kept, replayed on other images, or written by hand.
 */
export interface RandomTransform<Parameters> {
  /** Draws the parameters of each image of a batch `[N, H, W, C]`. */
  sample(shape: BatchShape, random: Random): Parameters[];
  /** Draws the parameters of one image of shape `[H, W, C]`. */
  sample(shape: ImageShape, random: Random): Parameters;
  /** Applies one draw to an image `[H, W, C]`. */
  apply(images: tf.Tensor3D, parameters: Parameters): tf.Tensor3D;
  /** Applies one draw an image to a batch `[N, H, W, C]`. */
  apply(images: tf.Tensor4D, parameters: readonly Parameters[]): tf.Tensor4D;
}

/** Completes a draw for one image and a change of a batch to both forms of each. */
export function randomTransform<Parameters>(
  sampleImage: (shape: ImageShape, random: Random) => Parameters,
  applyBatch: (images: tf.Tensor4D, parameters: readonly Parameters[]) => tf.Tensor4D,
): RandomTransform<Parameters> {
  const sample = (shape: readonly number[], random: Random) => {
    checkShape(shape);
    checkFunction('random', random);
    if (shape.length === 3) return sampleImage(shape as unknown as ImageShape, random);
    return Array.from({ length: shape[0] }, () => sampleImage(shape.slice(1) as unknown as ImageShape, random));
  };
  const apply = (images: tf.Tensor, parameters: Parameters | readonly Parameters[]) => {
    const expected = 'shape [H, W, C] or [N, H, W, C]';
    checkTensor('the images of apply()', images, expected, ({ rank, size }) => (rank === 3 || rank === 4) && size > 0);
    const single = images.rank === 3;
    const draws = (Array.isArray(parameters) ? parameters : [parameters]) as readonly Parameters[];
    const count = single ? 1 : images.shape[0];
    if (draws.length !== count || !draws.every((draw) => typeof draw === 'object' && draw !== null))
      throw new ArgumentError(
        'the parameters of apply()',
        `one draw for each of ${count} images`,
        draws.length === count ? describe(parameters) : `${draws.length}`,
      );
    return tf.tidy(() => {
      const batch = (single ? tf.expandDims(images, 0) : images) as tf.Tensor4D;
      const changed = applyBatch(batch, draws);
      return single ? tf.squeeze(changed, [0]) : changed;
    });
  };
  return { sample, apply } as RandomTransform<Parameters>;
}

function checkShape(shape: readonly number[]): void {
  const fits =
    Array.isArray(shape) &&
    (shape.length === 3 || shape.length === 4) &&
    shape.every((side) => Number.isInteger(side) && side > 0);
  if (!fits) throw new ArgumentError('the shape of sample()', '[H, W, C] or [N, H, W, C]', describe(shape));
}
