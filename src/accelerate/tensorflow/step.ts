import * as tf from '@tensorflow/tfjs-core';

/**
 * Returns 1 where x > 0, 0 where it is not, NaN where x is NaN: the positive part of the sign. tfjs-node's own makes it
 * of five tensors of the size of x. A slope for negative x is left to `stock`.
 */
export function stepBySign(stock: tf.KernelFunc): tf.KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const { x } = inputs as { x: tf.Tensor };
    const { alpha } = attrs as unknown as tf.StepAttrs;
    if (alpha !== 0 || x.dtype !== 'float32') return stock({ inputs, attrs, backend });
    return tf.tidy(() => tf.relu(tf.sign(x)));
  };
}
