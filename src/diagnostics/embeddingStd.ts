import * as tf from '@tensorflow/tfjs-core';
import { l2Normalize } from '../support/l2Normalize';
import { checkEmbeddings } from './checkEmbeddings';

/**
 * Computes the standard deviation of the normalized embeddings, the mean over their D dimensions: a measure of
 * collapse.
 *
 * It is about 1/√D for an even spread over the sphere, and 0 for a collapse to one point.
 *
 * Source: Chen & He 2021, figure 2.
 * @param embeddings `[N, D]`, rows of any length.
 * @returns A number from 0 to 1/√D, to rounding; NaN for values that are not finite.
 * @throws ArgumentError if `embeddings` is not a matrix.
 */
export async function embeddingStd(embeddings: tf.Tensor2D): Promise<number> {
  checkEmbeddings('embeddings', embeddings);
  const std = tf.tidy(() => tf.mean(tf.sqrt(tf.moments(l2Normalize(embeddings), 0).variance)));
  const [value] = await std.data();
  std.dispose();
  return value;
}
