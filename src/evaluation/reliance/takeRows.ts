import * as tf from '@tensorflow/tfjs-core';

/** Returns the rows of `x` at these places; `tf.gather` would read its indices back on some backends. */
export function takeRows<T extends tf.Tensor>(x: T, rows: readonly number[]): T {
  return tf.tidy(() => tf.gatherND(x, tf.tensor2d([...rows], [rows.length, 1], 'int32')) as T);
}
