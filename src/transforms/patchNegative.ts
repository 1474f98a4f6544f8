import * as tf from '@tensorflow/tfjs-core';
import { checkIsCalled } from '../support/checkIsCalled';
import { hasCustomKernel, runCustomKernel } from '../support/customKernels';
import { ArgumentError, describe } from '../support/errors';
import { integer, number, optional, range, readOptions } from '../support/options';
import { type Random, uniformInteger } from '../support/random';
import { withRecipe } from '../support/recipe';
import { addNegatives } from './addNegatives';
import type { Transform } from './element';
import { maxExactInteger, sourceIndices, sourceRanges } from './operations/sourceIndices';
import { checkPatchParams, type PatchParams } from './patchParams';
import { type RandomTransform, randomTransform } from './randomTransform';

/** How many patch negatives are made of an image, and of patches of which sizes. */
export interface PatchNegativeArgs {
  /** Negatives made of each image; the paper's runs use one. @default 1 */
  count?: number;
  /**
   * Smallest and largest patch size in pixels, both included.
   * @default [round(16/224 s), round(72/224 s)] with s the image's shorter side: the paper's 16 … 72 at 224
   */
  patchRange?: [number, number];
  /** Seed of the params, which also depend on epoch, index and the negative's number. @default 0 */
  seed?: number;
}

export const patchNegativeOptions = {
  count: integer({ min: 1, default: 1 }),
  patchRange: optional(range({ min: 1, integer: true })),
  seed: number({ default: 0 }),
};

/** A `Dataset.map` function whose two steps, `sample` and `apply`, can be used by themselves. */
export type PatchNegative = Transform & RandomTransform<PatchParams>;

/**
 * Makes patch-based negatives: an image's own patches, resampled, so that local statistics stay and semantics go.
 *
 * For each image and negative a patch size p is drawn uniformly from `patchRange`; a grid of p x p cells covers the
 * canvas; each cell is an independent crop of the image at a uniformly drawn place, with replacement; no flips, no
 * rotations, no blending. Every output pixel is a pixel of the image, so images of any range and number of channels
 * keep theirs.
 *
 * A function for `Dataset.map`: before `twoViews` it works on the image, after it on the query view. It adds
 * `xs.negative_m` (the next free number), of the source's shape `[H, W, C]` or `[N, H, W, C]` and type. The params are
 * functions of (seed, epoch, index).
 *
 * Source: Ge et al. 2021, section 3.2, and the authors' `NonSemanticAug`.
 * @throws ArgumentError for options out of range, and for a patch range larger than the image.
 */
export function patchNegative(args: PatchNegativeArgs = {}): PatchNegative {
  checkIsCalled('patchNegative', args);
  const { count, patchRange, seed } = readOptions('patchNegative', args, patchNegativeOptions);
  const transform = randomTransform((shape, random) => samplePatches(shape, random, patchRange), resamplePatches);
  return withRecipe('patchNegative', args, addNegatives('patchNegative', { count, seed }, transform));
}

function samplePatches(shape: readonly number[], random: Random, patchRange?: [number, number]): PatchParams {
  const [height, width] = shape;
  const side = Math.min(height, width);
  const [min, max] = patchRange ?? [16, 72].map((size) => Math.max(1, Math.round((side * size) / 224)));
  if (max > side)
    throw new ArgumentError(
      'option patchRange',
      `patch sizes of at most ${side}`,
      describe([min, max]),
      'The image is no larger.',
    );
  const patchSize = uniformInteger(random, min, max);
  const grid = [Math.ceil(height / patchSize), Math.ceil(width / patchSize)] as const;
  const offsets = Array.from(
    { length: grid[0] * grid[1] },
    () => [uniformInteger(random, 0, height - patchSize), uniformInteger(random, 0, width - patchSize)] as const,
  );
  return { patchSize, grid, offsets };
}

/** Copies the pixels of the canvases from their images: one gather for the whole batch, of runs where there is one. */
function resamplePatches(images: tf.Tensor4D, params: readonly PatchParams[]): tf.Tensor4D {
  const [batch, height, width, channels] = images.shape;
  if (batch > 1 && images.size / channels > maxExactInteger) return resampleInHalves(images, params);
  for (const entry of params) checkPatchParams(entry, height, width);
  return tf.tidy(() => {
    const pixels = tf.reshape(images, [batch * height * width, channels]);
    const copied = hasCustomKernel('GatherRanges')
      ? runCustomKernel('GatherRanges', { x: pixels }, sourceRanges(params, height, width))
      : tf.gatherND(pixels, sourceIndices(params, height, width));
    return tf.reshape(copied, images.shape);
  });
}

function resampleInHalves(images: tf.Tensor4D, params: readonly PatchParams[]): tf.Tensor4D {
  const half = Math.floor(images.shape[0] / 2);
  return tf.tidy(() =>
    tf.concat([
      resamplePatches(tf.slice(images, [0, 0, 0, 0], [half, -1, -1, -1]), params.slice(0, half)),
      resamplePatches(tf.slice(images, [half, 0, 0, 0]), params.slice(half)),
    ]),
  );
}
