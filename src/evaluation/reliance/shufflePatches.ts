import type * as tf from '@tensorflow/tfjs-core';
import { checkTensor } from '../../support/checks';
import { ArgumentError, describe } from '../../support/errors';
import { integer, list, number, optional, readOptions } from '../../support/options';
import { permutation, randomStream } from '../../support/random';
import { patchNegative } from '../../transforms/patchNegative';

/** How `shufflePatches` cuts and shuffles. */
export interface ShufflePatchesArgs {
  /** Patches along the shorter side. @default 4 */
  grid?: number;
  /** The order of image i is a function of (seed, key i). @default 0 */
  seed?: number;
  /** One integer an image. @default 0, 1, 2 … */
  keys?: readonly number[];
}

export const shufflePatchesOptions = {
  grid: integer({ min: 1, default: 4 }),
  seed: number({ default: 0 }),
  keys: optional(list(integer(), 'a list of integers')),
};

/**
 * Cuts each image into a grid of square patches and shuffles them: local looks stay, shape goes.
 *
 * Unlike `patchNegative`, each patch occurs once. Where patches of p = ceil(shorter side / grid) pixels do not divide a
 * side, the last ones overlap their neighbors, and what lies beyond the image is cut off.
 *
 * @param images `[N, H, W, C]`, any finite values.
 * @throws ArgumentError if the images or an option are not as described.
 */
export function shufflePatches(images: tf.Tensor4D, args: ShufflePatchesArgs = {}): tf.Tensor4D {
  const options = readOptions('shufflePatches', args, shufflePatchesOptions);
  checkTensor('input images', images, 'images [N, H, W, C]', ({ rank, size }) => rank === 4 && size > 0);
  const [count, height, width] = images.shape;
  const shorter = Math.min(height, width);
  const { grid, seed, keys = Array.from({ length: count }, (_, i) => i) } = options;
  if (grid > shorter) throw new ArgumentError('option grid', `a number of at most ${shorter}`, `${grid}`);
  if (keys.length !== count) throw new ArgumentError('option keys', `${count} integers, one an image`, describe(keys));

  const patchSize = Math.ceil(shorter / grid);
  const columns = Math.ceil(width / patchSize);
  const cells = Math.ceil(height / patchSize) * columns;
  const cornerOf = (cell: number) => {
    const [row, column] = [Math.floor(cell / columns), cell % columns];
    return [Math.min(row * patchSize, height - patchSize), Math.min(column * patchSize, width - patchSize)] as const;
  };
  const params = keys.map((key) => ({
    patchSize,
    offsets: permutation(randomStream(seed, key, 'patches'), cells).map(cornerOf),
  }));
  return patchNegative({ patchRange: [patchSize, patchSize] }).apply(images, params);
}
