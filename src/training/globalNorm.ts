import * as tf from '@tensorflow/tfjs-core';
import { maxSmallSize } from '../support/elementwise';
import { hasHalfFloats } from '../support/hasHalfFloats';

/** Returns the length of all tensors as one vector, √(Σ x²): a scalar on the device, NaN or infinite if a value is. */
export function globalNorm(tensors: readonly tf.Tensor[]): tf.Scalar {
  return tf.tidy(() => {
    const flat = tensors.map((x) => tf.reshape(x, [x.size]) as tf.Tensor1D);
    const few = flat.filter(({ size }) => size <= maxSmallSize);
    const vectors = [...flat.filter(({ size }) => size > maxSmallSize), ...(few.length > 0 ? [tf.concat1d(few)] : [])];
    return hasHalfFloats() ? scaledNorm(vectors) : (tf.sqrt(tf.addN(vectors.map(squaredNorm))) as tf.Scalar);
  });
}

const squaredNorm = (x: tf.Tensor) => tf.sum(tf.square(x));

/** Computes the norm of values scaled by their largest magnitude m: m √(Σ n mean((x/m)²)). */
function scaledNorm(vectors: readonly tf.Tensor1D[]): tf.Scalar {
  const scale = unitOf(vectors.map((x) => tf.max(tf.abs(x))));
  const rootMeans = vectors.map((x) => tf.mul(tf.sqrt(tf.mean(tf.square(tf.div(x, scale)))), Math.sqrt(x.size)));
  const unit = unitOf(rootMeans);
  const parts = rootMeans.map((x) => tf.square(tf.div(x, unit)));
  return tf.mul(tf.mul(tf.sqrt(tf.addN(parts)), unit), scale) as tf.Scalar;
}

/** Returns the largest of some scalars, or 1 if all are zero: 0 / 1. */
function unitOf(scalars: tf.Tensor[]): tf.Tensor {
  const max = tf.max(tf.stack(scalars));
  return tf.add(max, tf.cast(tf.equal(max, 0), 'float32'));
}
