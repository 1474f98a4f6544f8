import * as tf from '@tensorflow/tfjs-core';
import type { FastGradient } from '../registry';
import { runBatchNormGradient } from '../tensorflow/batchNormGradient';

/** What the gradients of batch normalization are made of. */
interface Inputs {
  dy: tf.Tensor;
  x: tf.Tensor;
  mean: tf.Tensor;
  variance: tf.Tensor;
  scale: tf.Tensor;
  epsilon: number;
  /** `1 / sqrt(variance + epsilon)` */
  r: tf.Tensor;
}

/** Those that take a pass over the batch. */
interface BatchGradients {
  dx: () => tf.Tensor;
  dScale: tf.Tensor;
  dOffset: tf.Tensor;
}

/**
 * Computes the gradients of `y = (x - mean) r scale + offset`; all those of the parameters follow from two sums over
 * the batch:
 *
 *     d offset = sum of dy                       d mean = -d offset r scale
 *     d scale  = sum of dy (x - mean) r          d variance = -d scale r² scale / 2
 *
 * tfjs's own makes every one of them, and r tiled to the size of x, from full-size tensors.
 */
function gradientFrom(batchGradients: (inputs: Inputs) => BatchGradients): FastGradient {
  return (stock) => (dy, saved, attributes) => {
    const [x, mean, variance, scale] = saved; // tfjs refuses to differentiate where there is no scale.
    if (mean.rank !== 1 && mean.size === x.size) return stock(dy, saved, attributes);
    const { varianceEpsilon: epsilon } = attributes as unknown as tf.FusedBatchNormAttrs;
    const r = tf.rsqrt(tf.add(variance, epsilon));
    const gradients = mean.rank === 1 ? batchGradients : alongAnyAxis;
    const { dx, dScale, dOffset } = gradients({ dy: dy as tf.Tensor, x, mean, variance, scale, epsilon, r });
    return {
      x: dx,
      mean: () => tf.neg(tf.mul(dOffset, tf.mul(r, scale))),
      // r² alone would overflow in 16 bits.
      variance: () => tf.mul(tf.mul(tf.mul(dScale, scale), r), tf.mul(r, -0.5)),
      // Copies, because the engine disposes of a gradient when it adds a second one to it.
      scale: () => tf.clone(dScale),
      offset: () => tf.clone(dOffset),
    };
  };
}

const batchAxes = (x: tf.Tensor) => x.shape.slice(0, -1).map((_, axis) => axis);

/**
 * Computes them with sums over the axes along which the statistics have a length of 1; tfjs's own knows the last axis
 * alone.
 */
const alongAnyAxis = ({ dy, x, mean, scale, r }: Inputs): BatchGradients => {
  // Of statistics with fewer axes than x, the first ones are left out.
  const lengths = [...new Array(x.rank - mean.rank).fill(1), ...mean.shape];
  const axes = lengths.flatMap((length, axis) => (length === 1 ? [axis] : []));
  const sum = (full: tf.Tensor) => tf.reshape(tf.sum(full, mean.rank === 1 ? batchAxes(x) : axes), mean.shape);
  return {
    dx: () => tf.mul(dy, tf.mul(r, scale)),
    dScale: tf.mul(sum(tf.mul(dy, tf.sub(x, mean))), r),
    dOffset: sum(dy),
  };
};

export const fusedBatchNormGradient = gradientFrom(alongAnyAxis);

/** TensorFlow has the three in one operation: the gradient of its batch normalization with given statistics. */
export const tensorflowFusedBatchNormGradient = gradientFrom(({ dy, x, mean, variance, scale, epsilon }) => {
  const none = tf.tensor1d([]);
  const inputs = [dy, x, scale, mean, variance, none];
  const [dx, dScale, dOffset] = runBatchNormGradient(tf.backend(), inputs, epsilon, false);
  return { dx: () => tf.clone(dx), dScale, dOffset };
});
