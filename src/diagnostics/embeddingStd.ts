import * as tf from '@tensorflow/tfjs-core';
import { l2Normalize } from '../support/l2Normalize';
import { checkEmbeddings } from './checkEmbeddings';

/**
 * Measures collapse: the standard deviation of the normalized embeddings, averaged over their D dimensions.
 *
 * Spread evenly over the sphere it is about 1/√D; collapsed to one point it is 0. Chen & He 2021, figure 2.
 *
 * @param embeddings `[N, D]`, rows of any length.
 * @returns A number from 0 to 1/√D (up to rounding); NaN where an embedding is NaN or infinite.
 * @throws ArgumentError if `embeddings` is no matrix.
 */
export async function embeddingStd(embeddings: tf.Tensor2D): Promise<number> {
  checkEmbeddings('embeddings', embeddings);
  const std = tf.tidy(() => tf.mean(tf.sqrt(tf.moments(l2Normalize(embeddings), 0).variance)));
  const [value] = await std.data();
  std.dispose();
  return value;
}
