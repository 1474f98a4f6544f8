import * as tf from '@tensorflow/tfjs-core';
import { checkIsCalled } from '../support/checkIsCalled';
import { ArgumentError } from '../support/errors';
import { choice, integer, number, optional, readOptions } from '../support/options';
import { type Random, randomStream, uniformInteger } from '../support/random';
import { withRecipe } from '../support/recipe';
import { minExemplarSize, type TextureQuality } from '../texture/plan';
import { synthesizeTexture } from '../texture/synthesizeTexture';
import { addNegatives } from './addNegatives';
import { cutSquares } from './cutSquares';
import type { Transform } from './element';
import { type RandomTransform, randomTransform } from './randomTransform';
import { checkTextureParams, type TextureParams } from './textureParams';

/** How many textures are made of an image, and how. */
export interface TextureNegativeArgs {
  /** Negatives made of each image; the paper's runs use one. @default 1 */
  count?: number;
  /**
   * Side in pixels of the two square exemplars cut from each image.
   * @default round(96/224 s) with s the image's shorter side, the paper's 96 at 224, but at least 16 or half of s
   */
  exemplarSize?: number;
  /** Seed of the params, which also depend on epoch, index and the negative's number. @default 0 */
  seed?: number;
  /** `'fast'` takes two thirds of the time and shows its seams a little more. @default 'high' */
  quality?: TextureQuality;
}

export const textureNegativeOptions = {
  count: integer({ min: 1, default: 1 }),
  exemplarSize: optional(integer({ min: minExemplarSize })),
  seed: number({ default: 0 }),
  quality: choice(['fast', 'high'], { default: 'high' }),
};

/** A `Dataset.map` function whose two steps, `sample` and `apply`, can be used by themselves. */
export type TextureNegative = Transform & RandomTransform<TextureParams>;

/** Smallest shorter side of an image whose exemplar size is chosen by default. */
const minSide = 2 * minExemplarSize;

/**
 * Makes texture-based negatives: an image's textures, synthesized anew, so that local looks stay and semantics go.
 *
 * From each image two square exemplars are cut, one at the center and one at a uniformly drawn place. From them
 * `synthesizeTexture` makes a texture of the image's own height and width, within the exemplars' range of values, so
 * images of any range and number of channels keep theirs.
 *
 * A function for `Dataset.map`: before `twoViews` it works on the image, after it on the query view. It adds
 * `xs.negative_m` (the next free number), of the source's shape `[H, W, C]` or `[N, H, W, C]` and type. The params are
 * functions of (seed, epoch, index).
 *
 * Source: Ge et al. 2021, section 3.1; the authors make the textures ahead of training, with another synthesizer.
 * @throws ArgumentError for options out of range, for an exemplar size larger than the image, and for images with a
 * side below 16 pixels (8 with an `exemplarSize` given).
 */
export function textureNegative(args: TextureNegativeArgs = {}): TextureNegative {
  checkIsCalled('textureNegative', args);
  const { count, seed, quality, exemplarSize } = readOptions('textureNegative', args, textureNegativeOptions);
  const transform = randomTransform(
    (shape, random) => sampleExemplars(shape, random, exemplarSize),
    (images, params) => synthesizeTextures(images, params, quality),
  );
  return withRecipe('textureNegative', args, addNegatives('textureNegative', { count, seed }, transform));
}

function sampleExemplars([height, width]: readonly number[], random: Random, size?: number): TextureParams {
  const side = Math.min(height, width);
  if (size === undefined && side < minSide)
    throw new ArgumentError(
      'the input of textureNegative()',
      `images of at least ${minSide} pixels a side`,
      `${height} x ${width}`,
    );
  const exemplarSize = size ?? Math.max(Math.round((side * 96) / 224), Math.min(16, Math.floor(side / 2)));
  if (exemplarSize > side)
    throw new ArgumentError(
      'option exemplarSize',
      `a number of at most ${side}`,
      `${exemplarSize}`,
      'The image is no larger.',
    );
  const [bottom, right] = [height - exemplarSize, width - exemplarSize];
  const center = [Math.floor(bottom / 2), Math.floor(right / 2)] as const;
  const anywhere = [uniformInteger(random, 0, bottom), uniformInteger(random, 0, right)] as const;
  return { exemplarSize, offsets: [center, anywhere], seed: uniformInteger(random, 0, 2 ** 32 - 1) };
}

function synthesizeTextures(images: tf.Tensor4D, params: readonly TextureParams[], quality: TextureQuality) {
  const [, height, width] = images.shape;
  checkTextureParams(params, height, width);
  const corners = params.map(({ offsets }) => offsets);
  const exemplars = cutSquares(tf.cast(images, 'float32') as tf.Tensor4D, corners, params[0].exemplarSize);
  const streams = params.map(({ seed }) => randomStream(seed, 'texture'));
  const textures = synthesizeTexture(exemplars, { size: [height, width], quality, streams });
  return images.dtype === 'int32' ? (tf.cast(tf.round(textures), 'int32') as tf.Tensor4D) : textures;
}
