import * as tf from '@tensorflow/tfjs-core';
import { checkFinite } from '../support/checkFinite';
import { ArgumentError, describe } from '../support/errors';
import { l2Normalize } from '../support/l2Normalize';
import { number, readOptions } from '../support/options';
import { checkSameWidth } from './checkEmbeddings';

/** The distance that `alignment` measures. */
export interface AlignmentArgs {
  /** Power of the distance. @default 2 */
  alpha?: number;
}

export const alignmentOptions = { alpha: number({ above: 0, default: 2 }) };

/**
 * Measures the alignment of positive pairs (Wang & Isola 2020, equation 7): mean of |x_i - y_i|^α over the pairs, on
 * the unit sphere.
 *
 * Lower is better: 0 where both views of every image have the same embedding. At α 2 it is 2 - 2 cos.
 *
 * @param x Embeddings `[N, D]` of one view of N images, rows of any length.
 * @param y Those of another view, in the same order.
 * @throws ArgumentError if the shapes differ, a value is NaN or infinite, or an option is not as described.
 */
export async function alignment(x: tf.Tensor2D, y: tf.Tensor2D, args: AlignmentArgs = {}): Promise<number> {
  const { alpha } = readOptions('alignment', args, alignmentOptions);
  checkSameWidth(['x', 'y'], x, y);
  if (x.shape[0] !== y.shape[0])
    throw new ArgumentError('input y', `${x.shape[0]} rows`, describe(y), 'Input x has as many.');
  await checkFinite('input x', x);
  await checkFinite('input y', y);
  const result = tf.tidy(() => {
    const squaredDistance = tf.sum(tf.squaredDifference(l2Normalize(x), l2Normalize(y)), 1);
    return tf.mean(tf.pow(squaredDistance, alpha / 2));
  });
  const [value] = await result.data();
  result.dispose();
  return value;
}
