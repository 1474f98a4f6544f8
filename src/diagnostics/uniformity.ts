import * as tf from '@tensorflow/tfjs-core';
import { checkFinite } from '../support/checkFinite';
import { ArgumentError, describe } from '../support/errors';
import { integer, number, optional, readOptions } from '../support/options';
import { checkEmbeddings } from './checkEmbeddings';
import { cosineChunks } from './cosineChunks';

/** How uniformity is measured. */
export interface UniformityArgs {
  /** Sharpness of the Gaussian potential, above 0. @default 2 */
  t?: number;
  /** Rows compared with all others at a time; the result does not depend on it. @default what fits in 32 MB */
  chunkSize?: number;
}

export const uniformityOptions = {
  t: number({ above: 0, default: 2 }),
  chunkSize: optional(integer({ min: 1 })),
};

/**
 * Measures uniformity on the unit sphere (Wang & Isola 2020, equation 8): log of the mean of exp(-t |x_i - x_j|²) over
 * all pairs i ≠ j.
 *
 * Lower is better: 0 if all embeddings are one point, about -4 at t = 2 for many that are spread evenly in many
 * dimensions.
 *
 * @param embeddings `[N, D]`, N of at least 2, rows of any length.
 * @throws ArgumentError for other embeddings, options out of range, and values that are NaN or infinite.
 */
export async function uniformity(embeddings: tf.Tensor2D, args?: UniformityArgs): Promise<number> {
  const { t, chunkSize } = readOptions('uniformity', args, uniformityOptions);
  const count = checkEmbeddings('embeddings', embeddings).shape[0];
  if (count < 2) throw new ArgumentError('input embeddings', 'at least 2 rows', describe(embeddings));
  await checkFinite('input embeddings', embeddings);

  /** Computes the log of the mean potential of each row with all rows but itself, counted as one of `count`. */
  const logPotential = (cosine: tf.Tensor2D, start: number) => {
    const own = tf.cast(tf.oneHot(tf.range(start, start + cosine.shape[0], 1, 'int32'), count), 'float32');
    // -t |x - y|² is at least -4t. A row's own column is moved to that end, then left out by a factor of 0: with 16-bit
    // floats, a constant that no other column reaches would be infinite.
    const exponent = tf.sub(tf.mul(tf.sub(cosine, 1), 2 * t), tf.mul(own, 4 * t));
    const max = tf.max(exponent, 1, true);
    const potential = tf.mul(tf.exp(tf.sub(exponent, max)), tf.sub(1, own));
    return [tf.add(tf.squeeze(max, [1]), tf.log(tf.mean(potential, 1)))];
  };
  const chunks = await cosineChunks(embeddings, embeddings, logPotential, chunkSize);
  const rows = chunks.flatMap(([values]) => Array.from(values));
  const max = rows.reduce((a, b) => Math.max(a, b));
  const sum = rows.reduce((total, row) => total + Math.exp(row - max), 0);
  return max + Math.log(sum / (count - 1));
}
