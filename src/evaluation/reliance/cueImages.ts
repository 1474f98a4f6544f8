import * as tf from '@tensorflow/tfjs-core';
import { checkNumber } from '../../support/checks';
import { ArgumentError, describe } from '../../support/errors';
import { type OptionValues, readOptions } from '../../support/options';
import { minExemplarSize } from '../../texture/plan';
import type { ImageBatches } from '../extractFeatures';
import { drawPairs } from './cueConflicts';
import { type Cue, type CueImagesArgs, cueImagesOptions, cueNames } from './cueImagesArgs';
import type { CueImages } from './cues';
import { edges } from './edges';
import { objectMasks } from './objectMasks';
import { type ObjectTexturesArgs, objectTextures, squaresInside } from './objectTextures';
import { type Pictures, readPictures } from './readPictures';
import { shufflePatches } from './shufflePatches';
import { silhouettes } from './silhouettes';
import { takeRows } from './takeRows';

type CueImagesOptions = OptionValues<typeof cueImagesOptions>;

/**
 * Makes of pictures of objects the versions that tell what an encoder relies on: silhouettes, edges, textures of the
 * objects' inside, shuffled patches, and the pairs of cue conflicts (the mask of A filled with the texture of B; cf.
 * Geirhos et al. 2019).
 *
 * Pictures whose mask is empty or full, or in which no exemplar fits, are left out and listed in `skipped`. Where all
 * masks are the same box, shape cannot be told from them: silhouettes and conflicts are then left out.
 *
 * @param pictures Raw images, float32 in 0 … 1 or int32 in 0 … 255, of 1 channel (gray), 2 (gray, alpha), 3 or 4
 *   (alpha): a batch `[N, H, W, C]`, `{ xs, ys }`, or a dataset of batches.
 * @throws ArgumentError if fewer than two pictures are usable, or an input or an option is not as described.
 */
export async function cueImages(pictures: ImageBatches, args: CueImagesArgs = {}): Promise<CueImages> {
  const options = readOptions('cueImages', args, cueImagesOptions);
  const read = await readPictures(pictures);
  try {
    return await makeCues(read, options);
  } finally {
    tf.dispose([read.images, read.colors, ...(read.alpha ? [read.alpha] : [])]);
  }
}

async function makeCues(pictures: Pictures, options: CueImagesOptions): Promise<CueImages> {
  const [, height, width] = pictures.images.shape;
  const { downscale } = options;
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
    const exemplars = needsTexture ? { side, squares: indices.map((index) => squares[index]!) } : undefined;
    return {
      ...makeVersions([pictures.images, masks, backgrounds], indices, cues, exemplars, options),
      pairs: drawPairs(indices.length, pairCount, options.seed),
      labels: pictures.labels && indices.map((index) => pictures.labels![index]),
      indices,
      skipped: skipped.sort((a, b) => a.index - b.index),
    };
  } finally {
    tf.dispose([masks, backgrounds]);
  }
}

type Versions = Pick<CueImages, 'images' | 'masks' | 'backgrounds' | 'silhouettes' | 'edges' | 'textures' | 'patches'>;

/** Makes the versions of the pictures at these places. */
function makeVersions(
  pictures: readonly tf.Tensor4D[],
  indices: readonly number[],
  cues: readonly Cue[],
  exemplars: Pick<ObjectTexturesArgs, 'side' | 'squares'> | undefined,
  { downscale, grid, quality, seed }: CueImagesOptions,
): Versions {
  const shrink = (x: tf.Tensor4D) => (downscale === 1 ? tf.clone(x) : tf.avgPool(x, downscale, downscale, 'valid'));
  return tf.tidy(() => {
    const [whole, mask, backgrounds] = pictures.map((x) => takeRows(x, indices));
    const [images, masks] = [shrink(whole), shrink(mask)];
    const versions: Versions = { images, masks, backgrounds };
    if (cues.includes('silhouettes')) versions.silhouettes = silhouettes(masks, backgrounds);
    if (cues.includes('edges')) versions.edges = edges(images);
    if (cues.includes('patches')) versions.patches = shufflePatches(images, { grid, seed, keys: indices });
    if (exemplars) versions.textures = shrink(objectTextures(whole, { ...exemplars, quality, seed, keys: indices }));
    return versions;
  });
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
