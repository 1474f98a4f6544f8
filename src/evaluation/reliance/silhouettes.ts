import * as tf from '@tensorflow/tfjs-core';

/**
 * Draws objects as silhouettes: black on a bright background, white on a dark one.
 *
 * @param masks float32 `[N, H, W, 1]` in 0 … 1.
 * @param backgrounds Color behind each object, `[N, 1, 1, C]`.
 */
export function silhouettes(masks: tf.Tensor4D, backgrounds: tf.Tensor4D): tf.Tensor4D {
  return tf.tidy(() => {
    const ink = tf.cast(tf.less(tf.mean(backgrounds, 3, true), 0.5), 'float32');
    return compose(masks, ink as tf.Tensor4D, backgrounds);
  });
}

/** Lays objects on a background: mask · inside + (1 - mask) · background. */
export function compose(masks: tf.Tensor4D, inside: tf.Tensor4D, backgrounds: tf.Tensor4D): tf.Tensor4D {
  return tf.tidy(() => tf.add(tf.mul(masks, inside), tf.mul(tf.sub(1, masks), backgrounds)));
}
