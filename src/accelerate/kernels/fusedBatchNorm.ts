import * as tf from '@tensorflow/tfjs-core';

/**
 * Normalizes a batch along another axis than the last, whose statistics have x's rank and a length of 1 along all
 * others:
 *
 *     y = (x - mean) / sqrt(variance + epsilon) scale + offset
 *
 * The stock kernels of cpu and wasm read such statistics as if they lay along the last axis; they stay for those that
 * do.
 */
export function fusedBatchNorm(stock: tf.KernelFunc): tf.KernelFunc {
  return (call) => {
    // tfjs-core hands x down with four axes, the statistics with theirs.
    const { x, mean, variance, offset, scale } = call.inputs as Record<string, tf.Tensor>;
    if (mean.rank === 1 || mean.size === x.size) return stock(call);
    const { varianceEpsilon } = call.attrs as unknown as tf.FusedBatchNormAttrs;
    return tf.tidy(() => {
      const r = tf.rsqrt(tf.add(variance, varianceEpsilon));
      const scaled = tf.mul(tf.sub(x, mean), scale ? tf.mul(r, scale) : r);
      return offset ? tf.add(scaled, offset) : scaled;
    });
  };
}
