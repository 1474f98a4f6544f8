import type * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../../support/errors';

/** Height and width of an output, and what they follow from. */
interface Geometry {
  outHeight: number;
  outWidth: number;
}

/**
 * Returns the geometry of a gradient, whose output is as large as dy. tfjs does not hand down the rounding that made it
 * so, and gives numeric padding the output of a square window.
 */
export const withOutputOf = <Info extends Geometry>(info: Info, [outHeight, outWidth]: number[]): Info => ({
  ...info,
  outHeight,
  outWidth,
});

/** Throws unless dy is what a convolution of the input's shape gives, its size rounded in any way. */
export function checkOutput(info: tf.backend_util.Conv2DInfo, [batch, high, wide]: number[]): void {
  const { padInfo, batchSize, inHeight, inWidth, strideHeight, strideWidth } = info;
  const rows = (inHeight + padInfo.top + padInfo.bottom - info.effectiveFilterHeight) / strideHeight + 1;
  const columns = (inWidth + padInfo.left + padInfo.right - info.effectiveFilterWidth) / strideWidth + 1;
  if (batch === batchSize && Math.abs(high - rows) < 1 && Math.abs(wide - columns) < 1) return;
  throw new ArgumentError(
    'the input of a transposed convolution',
    `${batchSize} images of ${info.outHeight} x ${info.outWidth}`,
    `${batch} of ${high} x ${wide}`,
    `The convolution of an output of ${inHeight} x ${inWidth} makes no other size.`,
  );
}
