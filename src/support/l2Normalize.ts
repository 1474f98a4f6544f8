import * as tf from '@tensorflow/tfjs-core';

/**
 * Scales each vector along the last axis to unit length: v / max(|v|, epsilon).
 *
 * @param x float32 of shape [..., D], any finite values.
 * @param epsilon Least length divided by (PyTorch's `F.normalize` uses 1e-12 too). @default 1e-12
 * @returns The same shape; rows have length 1, zero rows stay zero and have a finite gradient.
 */
export function l2Normalize<T extends tf.Tensor>(x: T, epsilon = 1e-12): T {
  return tf.tidy(() => {
    const squaredLength = tf.sum(tf.square(x), -1, true);
    return tf.mul(x, tf.rsqrt(tf.maximum(squaredLength, epsilon * epsilon))) as T;
  });
}
