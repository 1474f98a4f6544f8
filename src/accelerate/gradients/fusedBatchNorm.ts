import * as tf from '@tensorflow/tfjs-core';
import type { FastGradient } from '../registry';

/**
 * The gradient of `y = (x - mean) r scale + offset`, with `r = 1 / sqrt(variance + epsilon)`, from two sums over the
 * batch, which all parameters share:
 *
 *     d offset = sum of dy                       d mean = -d offset r scale
 *     d scale  = sum of dy (x - mean) r          d variance = -d scale r² scale / 2
 *
 * tfjs's own makes every one of them, and r tiled to the size of x, from full-size tensors.
 */
export const fusedBatchNormGradient: FastGradient = (stock) => (dy, saved, attributes) => {
  const [x, mean, variance, scale] = saved; // tfjs refuses to differentiate where there is no scale.
  if (mean.rank !== 1) return stock(dy, saved, attributes);
  const { varianceEpsilon } = attributes as unknown as tf.FusedBatchNormAttrs;
  const batchAxes = x.shape.map((_, axis) => axis).slice(0, -1);
  const dOut = dy as tf.Tensor;

  const r = tf.rsqrt(tf.add(variance, varianceEpsilon));
  const factor = tf.mul(r, scale);
  const dOffset = tf.sum(dOut, batchAxes);
  const dScale = tf.mul(tf.sum(tf.mul(dOut, tf.sub(x, mean)), batchAxes), r);
  return {
    x: () => tf.mul(dOut, factor),
    mean: () => tf.neg(tf.mul(dOffset, factor)),
    variance: () => tf.mul(tf.mul(dScale, factor), tf.mul(r, -0.5)),
    // Copies, because the engine disposes of a gradient when it adds a second one to it.
    scale: () => tf.clone(dScale),
    offset: () => tf.clone(dOffset),
  };
};
