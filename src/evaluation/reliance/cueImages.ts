import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError, checkNumber, describe } from '../../support/errors';
import { choice, custom, integer, list, number, optional, readOptions, type Values } from '../../support/options';
import { minExemplarSize, type TextureQuality } from '../../texture/plan';
import type { ImageBatches } from '../extractFeatures';
import { type ConflictPair, drawPairs, takeRows } from './cueConflicts';
import { edges } from './edges';
import { checkMaskRule, type MaskRule, objectMasks } from './objectMasks';
import { objectTextures, squaresInside } from './objectTextures';
import { type Pictures, readPictures } from './readPictures';
import { shufflePatches } from './shufflePatches';
import { compose, silhouettes } from './silhouettes';

export const cueNames = ['silhouettes', 'edges', 'textures', 'patches', 'conflicts'] as const;

/** A version of a picture that keeps only some of its cues. */
export type Cue = (typeof cueNames)[number];

/** Which cue images `cueImages` makes, and how. */
export interface CueImagesArgs {
  /**
   * What is object and what is background: the alpha channel, a plain background (`backgroundMask`), the middle box
   * (`boxMask`), or masks of one's own, float32 `[N, H, W, 1]` in 0 … 1.
   * @default 'alpha' for two and four channels, else 'background'
   */
  mask?: MaskRule;

  /** Which versions. Silhouettes and conflicts need masks that differ. @default all that the masks allow */
  cues?: Cue[];

  /** Cue conflicts; at most N (N - 1) for N concepts. @default 6000, or all */
  conflicts?: number;

  /** All versions are made smaller by this whole factor, after the textures were made; it divides both sides. @default 1 */
  downscale?: number;

  /** Side of the square inside the object that its texture is made of. @default a quarter of the shorter side, at least 8 */
  exemplarSize?: number;

  /** Patches along the shorter side in the shuffled versions. @default 4 */
  grid?: number;

  /** See `synthesizeTexture`. @default 'fast' */
  quality?: TextureQuality;

  /** The versions of picture i are functions of (seed, i). @default 0 */
  seed?: number;
}

export const cueImagesOptions = {
  mask: optional(custom<MaskRule>((name, value) => checkMaskRule(name, value))),
  cues: optional(list(choice(cueNames), 'a list of cues', { min: 1 })),
  conflicts: optional(integer({ min: 1 })),
  downscale: integer({ min: 1, default: 1 }),
  exemplarSize: optional(integer({ min: minExemplarSize })),
  grid: integer({ min: 1, default: 4 }),
  quality: choice(['fast', 'high'], { default: 'fast' }),
  seed: number({ default: 0 }),
};

/** Pictures and their versions, row by row the same concepts: float32 `[N, H, W, C]` in 0 … 1. Free with `tf.dispose`. */
export type CueImages = {
  /** The pictures, on their background. */
  images: tf.Tensor4D;
  /** `[N, H, W, 1]`: 1 inside the object, 0 outside. */
  masks: tf.Tensor4D;
  /** `[N, 1, 1, C]`: white where alpha, a box or masks of one's own are used, the border's median otherwise. */
  backgrounds: tf.Tensor4D;
  silhouettes?: tf.Tensor4D;
  edges?: tf.Tensor4D;
  textures?: tf.Tensor4D;
  patches?: tf.Tensor4D;
  /** Which concepts meet in each cue conflict; none where conflicts were not asked for. `cueConflicts` makes the images. */
  pairs: ConflictPair[];
  /** One class number a concept, where the pictures have labels. */
  labels?: number[];
  /** Place of each concept among the pictures passed in. */
  indices: number[];
  /** Pictures left out, with the reason. */
  skipped: { index: number; reason: string }[];
};

/**
 * Makes of pictures of objects the versions that tell what an encoder relies on: silhouettes, edges, textures of the
 * objects' inside, shuffled patches, and the pairs of cue conflicts (the mask of A filled with the texture of B; cf.
 * Geirhos et al. 2019).
 *
 * Pictures whose mask is empty or full, or in which no exemplar fits, are left out and listed in `skipped`. Where all
 * masks are the same box, shape cannot be told from them: silhouettes and conflicts are then left out.
 *
 * @param pictures Raw images, float32 in 0 … 1 or int32 in 0 … 255, of 1 channel (gray), 2 (gray, alpha), 3 or 4 (alpha):
 *   a batch `[N, H, W, C]`, `{ xs, ys }`, or a dataset of batches.
 * @throws ArgumentError if fewer than two pictures are usable, or an input or an option is not as described.
 */
export async function cueImages(pictures: ImageBatches, args: CueImagesArgs = {}): Promise<CueImages> {
  const options = readOptions('cueImages', args, cueImagesOptions);
  const read = await readPictures(pictures);
  try {
    return await makeCues(read, options);
  } finally {
    tf.dispose([read.colors, ...(read.alpha ? [read.alpha] : [])]);
  }
}

async function makeCues(pictures: Pictures, options: Values<typeof cueImagesOptions>): Promise<CueImages> {
  const [, height, width] = pictures.colors.shape;
  const { downscale, seed } = options;
  if (height % downscale !== 0 || width % downscale !== 0)
    throw new ArgumentError('option downscale', `a divisor of ${height} and ${width}`, describe(downscale));
  const side = options.exemplarSize ?? Math.max(minExemplarSize, Math.floor(Math.min(height, width) / 4));
  const { masks, backgrounds, usable, alike, skipped } = await objectMasks(pictures, options.mask);
  try {
    const cues = chooseCues(options.cues, alike, usable.length);
    const needsTexture = cues.includes('textures') || cues.includes('conflicts');
    const squares = needsTexture ? await squaresInside(pictures.colors, masks, side) : [];
    const indices = usable.filter((index) => !needsTexture || squares[index]);
    for (const index of usable)
      if (!indices.includes(index)) skipped.push({ index, reason: `no square of ${side} pixels inside its mask` });
    if (indices.length < 2) throw tooFew(indices.length, skipped);
    const pairCount = cues.includes('conflicts') ? countPairs(options.conflicts, indices.length) : 0;
    const tensors = tf.tidy(() => {
      const [colors, mask, background] = [pictures.colors, masks, backgrounds].map((x) => takeRows(x, indices));
      const whole = pictures.alpha ? compose(takeRows(pictures.alpha, indices), colors, background) : colors;
      const shrink = (x: tf.Tensor4D) => (downscale === 1 ? tf.clone(x) : tf.avgPool(x, downscale, downscale, 'valid'));
      const [images, small] = [shrink(whole), shrink(mask)];
      const made: Pick<CueImages, 'silhouettes' | 'edges' | 'textures' | 'patches'> = {};
      if (cues.includes('silhouettes')) made.silhouettes = silhouettes(small, background);
      if (cues.includes('edges')) made.edges = edges(images);
      if (cues.includes('patches')) made.patches = shufflePatches(images, { grid: options.grid, seed, keys: indices });
      if (needsTexture) {
        const own = { side, quality: options.quality, seed, keys: indices };
        made.textures = shrink(objectTextures(whole, { ...own, squares: indices.map((index) => squares[index]!) }));
      }
      return { images, masks: small, backgrounds: tf.clone(background), ...made };
    });
    return {
      ...tensors,
      pairs: drawPairs(indices.length, pairCount, seed),
      labels: pictures.labels && indices.map((index) => pictures.labels![index]),
      indices,
      skipped: skipped.sort((a, b) => a.index - b.index),
    };
  } finally {
    tf.dispose([masks, backgrounds]);
  }
}

const shapeCues: readonly Cue[] = ['silhouettes', 'conflicts'];

function chooseCues(asked: readonly Cue[] | undefined, alike: boolean, count: number): readonly Cue[] {
  if (!alike) return asked ?? cueNames;
  const shape = asked?.filter((cue) => shapeCues.includes(cue)) ?? [];
  if (shape.length > 0)
    throw new ArgumentError(
      'option mask',
      'masks that differ',
      `${count} equal masks`,
      `Needed for the cues ${shape.join(', ')}.`,
    );
  return asked ?? cueNames.filter((cue) => !shapeCues.includes(cue));
}

function countPairs(asked: number | undefined, concepts: number): number {
  const all = concepts * (concepts - 1);
  if (asked !== undefined) checkNumber('conflicts', asked, { max: all });
  return asked ?? Math.min(6000, all);
}

function tooFew(count: number, skipped: CueImages['skipped']): ArgumentError {
  const reasons = [...new Set(skipped.map(({ reason }) => reason))].map(
    (reason) => `${skipped.filter((one) => one.reason === reason).length} with ${reason}`,
  );
  const received = [`${count} usable`, ...reasons].join(', ');
  return new ArgumentError('input pictures', 'at least 2 usable pictures', received);
}
