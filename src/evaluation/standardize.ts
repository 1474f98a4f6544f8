import * as tf from '@tensorflow/tfjs-core';
import { checkEmbeddings } from '../diagnostics/checkEmbeddings';
import { ArgumentError, describe } from '../support/errors';
import { integer, list, optional, readOptions } from '../support/options';

/** Which rows `standardize` treats alike. */
export interface StandardizeArgs {
  /** The domain of each row, as any integers. @default one domain */
  domains?: readonly number[];
}

export const standardizeOptions = { domains: optional(list(integer(), 'a list of integers')) };

/**
 * Standardizes features by domain: (x - mean) / standard deviation, each column over the rows of its own domain.
 *
 * What sets a whole domain apart, such as the white ground of line drawings, then no longer decides which rows are
 * near. It needs no labels, but all rows of a domain at once. A column that is constant within a domain is 0 there.
 *
 * @param features `[N, D]`.
 * @returns float32 of the same shape, each column of each domain with mean 0 and standard deviation 1.
 * @throws ArgumentError if the features or an option are not as described.
 */
export function standardize(features: tf.Tensor2D, args: StandardizeArgs = {}): tf.Tensor2D {
  const count = checkEmbeddings('features', features).shape[0];
  const { domains = new Array<number>(count).fill(0) } = readOptions('standardize', args, standardizeOptions);
  if (domains.length !== count)
    throw new ArgumentError('option domains', `${count} integers, one a row`, describe(domains));
  const numbers = [...new Set(domains)];
  return tf.tidy(() => {
    // One matrix product sums the rows of each domain, another hands each row its own domain's figures.
    const places = tf.tensor1d(
      domains.map((domain) => numbers.indexOf(domain)),
      'int32',
    );
    // tf.oneHot wants two columns at least; the second may stay empty.
    const member = tf.cast(tf.oneHot(places, Math.max(2, numbers.length)), 'float32') as tf.Tensor2D;
    const share = tf.div(member, tf.maximum(tf.sum(member, 0, true), 1)) as tf.Tensor2D;
    const domainMean = (x: tf.Tensor2D) => tf.matMul(member, tf.matMul(share, x, true, false));
    const centered = tf.sub(features, domainMean(tf.cast(features, 'float32'))) as tf.Tensor2D;
    const deviation = tf.sqrt(domainMean(tf.square(centered)));
    const size = tf.sqrt(domainMean(tf.square(tf.cast(features, 'float32'))));
    // What is left of a constant column is rounding.
    const varies = tf.cast(tf.greater(deviation, tf.mul(size, 1e-6)), 'float32');
    return tf.mul(varies, tf.div(centered, tf.maximum(deviation, 1e-12)));
  });
}
