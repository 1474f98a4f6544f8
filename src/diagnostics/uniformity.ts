import * as tf from '@tensorflow/tfjs-core';
import { checkFinite } from '../support/checkFinite';
import { ArgumentError, describe } from '../support/errors';
import { integer, number, optional, readOptions } from '../support/options';
import { checkEmbeddings } from './checkEmbeddings';
import { cosineChunks } from './cosineChunks';

/** The potential that `uniformity` averages. */
export interface UniformityArgs {
  /** Sharpness of the Gaussian potential. @default 2 */
  t?: number;

  /** Rows compared with all others at once; the result does not depend on it. @default fits 32 MB */
  chunkSize?: number;
}

export const uniformityOptions = { t: number({ above: 0, default: 2 }), chunkSize: optional(integer({ min: 1 })) };

/**
 * Measures uniformity on the unit sphere (Wang & Isola 2020, equation 8): log of the mean of exp(-t |x_i - x_j|²) over all pairs
 * i ≠ j.
 *
 * Lower is better: 0 where all embeddings are one point, about -4 at t 2 where many are spread evenly in many dimensions.
 *
 * @param embeddings `[N, D]`, N of at least 2, rows of any length.
 * @throws ArgumentError if `embeddings` or an option is not as described, or a value is NaN or infinite.
 */
export async function uniformity(embeddings: tf.Tensor2D, args: UniformityArgs = {}): Promise<number> {
  const { t, chunkSize } = readOptions('uniformity', args, uniformityOptions);
  const count = checkEmbeddings('embeddings', embeddings).shape[0];
  if (count < 2) throw new ArgumentError('input embeddings', 'at least 2 rows', describe(embeddings));
  await checkFinite('input embeddings', embeddings);

  const logPotential = (cosine: tf.Tensor2D, start: number) => {
    const own = tf.oneHot(tf.range(start, start + cosine.shape[0], 1, 'int32'), count);
    const exponent = tf.mul(tf.sub(cosine, 1), 2 * t);
    // A row's own column is left out by an exponent that no other can have.
    return [tf.logSumExp(tf.sub(exponent, tf.mul(tf.cast(own, 'float32'), 1e9)), 1)];
  };
  const chunks = await cosineChunks(embeddings, embeddings, logPotential, chunkSize);
  const rows = chunks.flatMap(([values]) => Array.from(values));
  const max = rows.reduce((a, b) => Math.max(a, b));
  const sum = rows.reduce((total, row) => total + Math.exp(row - max), 0);
  return max + Math.log(sum / (count * (count - 1)));
}
