// Parallel texture synthesis in coordinates (Lefebvre & Hoppe 2005); docs/how-textures-are-made.md shows each stage.
//
// exemplar    a square cut from an image; a texture has E of them, `[N, E, m, m, C]`
// level       one resolution of the exemplars; level 0 is the finest, each next one half as wide (pyramid.ts)
// table       a level's values with one row a pixel, and a border around each exemplar (table.ts)
// source      the row of the exemplar pixel that an output pixel shows; a synthesis computes sources, and colors last
// patch       p x p pixels of an exemplar at the coarsest level; the output there is a lattice of patches (patches.ts)
// mosaic      the first sources: random patches, each exemplar in its own zone (mosaic.ts)
// patch pass  replaces each patch of a moved lattice by the exemplar patch nearest to it (patchPass.ts)
// price       what an exemplar patch costs the more, the more places want it (priceCandidates.ts)
// correction  lets each pixel choose between its own source and its neighbors' continued ones (coherentCorrection.ts)
// upsampling  takes sources to the next finer level (upsample.ts)
// block       pixels of the finest level that one source shows, where the last levels are skipped
// rendering   turns sources into colors and evens out steps of tone (render.ts)
// plan        sizes and numbers of all this, which follow from shapes and quality alone (plan.ts)

import * as tf from '@tensorflow/tfjs-core';
import { imageSize } from '../support/checkImageSize';
import { ArgumentError, describe } from '../support/errors';
import { choice, func, list, number, optional, readOptions } from '../support/options';
import { type Random, randomStream } from '../support/random';
import { checkPrecision } from './checkPrecision';
import { imagesAtOnce, planTexture, type TextureQuality } from './plan';
import { synthesizeInChunks } from './synthesis';

/** How large textures are, and how they are made. */
export interface TextureSynthesisArgs {
  /** Height and width of the textures, or one number for both. */
  size: number | readonly [number, number];
  /** Texture i is a function of its exemplars and (seed, i). @default 0 */
  seed?: number;
  /** One random stream a texture, in place of `seed`. */
  streams?: readonly Random[];
  /** `'fast'` takes two thirds of the time and shows its seams a little more. @default 'high' */
  quality?: TextureQuality;
}

export const synthesizeTextureOptions = {
  size: imageSize,
  seed: number({ default: 0 }),
  streams: optional(list(func<Random>(), 'a list of random streams')),
  quality: choice(['fast', 'high'], { default: 'high' }),
};

/**
 * Synthesizes one texture from each group of exemplars: locally like the exemplars, with no global structure.
 *
 * A mosaic of random patches, improved by patch passes (exhaustive matching, cf. Efros & Freeman 2001 and Kwatra et al.
 * 2005) and then level by level by coherent corrections (Ashikhmin 2001; Lefebvre & Hoppe 2005). Each step is a tensor
 * operation over the whole batch; nothing is read back from the device.
 *
 * @param exemplars Float32 `[N, E, m, m, C]` of any finite values: E exemplars a texture, of at least 8 x 8 pixels.
 * @returns `[N, height, width, C]`, within each group's own smallest and largest value. Texture i depends on its own
 * exemplars and its own stream alone: the same bytes in a batch of any size.
 * @throws ArgumentError for other shapes or types, for exemplars that are too small, and for unknown options; Error on
 * a WebGL device with 16-bit floats only, and on WebGL for a texture of more than about 1800 x 1800 pixels
 * from exemplars below 62.
 */
export function synthesizeTexture(exemplars: tf.Tensor5D, args: TextureSynthesisArgs): tf.Tensor4D {
  const { size, quality, seed, streams } = readOptions('synthesizeTexture', args, synthesizeTextureOptions);
  checkExemplars(exemplars);
  const [images, count, exemplarSize, , channels] = exemplars.shape;
  if (streams && streams.length !== images)
    throw new ArgumentError('option streams', `one stream for each of ${images} textures`, describe(streams));
  const randoms = streams ?? Array.from({ length: images }, (_, i) => randomStream(seed, i, 'texture'));
  const plan = planTexture({ exemplars: count, exemplarSize, channels, size, quality });
  checkPrecision(tf.getBackend(), (name) => tf.env().getBool(name), plan);
  return synthesizeInChunks(exemplars, randoms, plan, imagesAtOnce(plan));
}

function checkExemplars(exemplars: tf.Tensor5D): void {
  const expected = 'a float32 tensor of shape [N, E, m, m, C]';
  if (
    !(exemplars instanceof tf.Tensor) ||
    exemplars.isDisposed ||
    exemplars.rank !== 5 ||
    exemplars.dtype !== 'float32' ||
    exemplars.size === 0
  )
    throw new ArgumentError('input exemplars', expected, describe(exemplars));
  if (exemplars.shape[2] !== exemplars.shape[3])
    throw new ArgumentError('input exemplars', `square exemplars, ${expected}`, describe(exemplars));
}
