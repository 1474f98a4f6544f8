import type * as tf from '@tensorflow/tfjs-core';
import { checkNames, checkNumber, checkTensor } from '../../support/errors';
import { permutation, randomStream } from '../../support/random';
import { patchNegative } from '../../transforms/patchNegative';

/** How `shufflePatches` cuts and shuffles. */
export interface ShufflePatchesArgs {
  /** Patches a side. @default 4 */
  grid?: number;
  /** The order of image i is a function of (seed, i). @default 0 */
  seed?: number;
}

/**
 * Cuts each image into a grid of square patches and shuffles them: every pixel stays, shape goes.
 *
 * Unlike `patchNegative`, each patch occurs once.
 *
 * @param images `[N, S, S, C]`, S a multiple of `grid`, any finite values.
 * @throws ArgumentError if the images or an option are not as described.
 */
export function shufflePatches(images: tf.Tensor4D, args: ShufflePatchesArgs = {}): tf.Tensor4D {
  checkNames('shufflePatches', args, ['grid', 'seed']);
  const grid = checkNumber('grid', args.grid ?? 4, { min: 1, integer: true });
  const seed = checkNumber('seed', args.seed ?? 0);
  const fits = ({ rank, size, shape }: tf.Tensor) =>
    rank === 4 && size > 0 && shape[1] === shape[2] && shape[1]! % grid === 0;
  checkTensor('input images', images, `square images [N, S, S, C], S a multiple of ${grid}`, fits);
  const patchSize = images.shape[1] / grid;
  const params = Array.from({ length: images.shape[0] }, (_, image) => ({
    patchSize,
    offsets: permutation(randomStream(seed, image, 'patches'), grid * grid).map(
      (cell) => [Math.floor(cell / grid) * patchSize, (cell % grid) * patchSize] as const,
    ),
  }));
  return patchNegative({ patchRange: [patchSize, patchSize] }).apply(images, params);
}
