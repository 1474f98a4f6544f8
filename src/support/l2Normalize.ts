import * as tf from '@tensorflow/tfjs-core';
import { checkNumber, checkTensor } from './errors';

/**
 * Scales each vector along the last axis to unit length: v / max(|v|, epsilon).
 *
 * @param x Of shape [..., D], any finite values.
 * @param epsilon Least length divided by (PyTorch's `F.normalize` uses 1e-12 too). @default 1e-12
 * @returns The same shape; rows have length 1, zero rows stay zero and have a finite gradient.
 * @throws ArgumentError for a scalar, an empty tensor, and what is no tensor of numbers.
 */
export function l2Normalize<T extends tf.Tensor>(x: T, epsilon = 1e-12): T {
  checkTensor('input x', x, 'a tensor of shape [..., D]', ({ rank, size }) => rank > 0 && size > 0);
  checkNumber('epsilon', epsilon, { min: 0 });
  return tf.tidy(() => {
    const squaredLength = tf.sum(tf.square(x), -1, true);
    return tf.mul(x, tf.rsqrt(tf.maximum(squaredLength, epsilon * epsilon))) as T;
  });
}
