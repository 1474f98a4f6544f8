import * as tf from '@tensorflow/tfjs-core';
import { checkNumber, checkTensor } from './errors';
import { stopGradient } from './stopGradient';

/**
 * Scales each vector along the last axis to unit length: v / max(|v|, epsilon).
 *
 * It holds for all finite values of 16-bit floats too, whose squares overflow from 256 on.
 *
 * @param x Of shape [..., D], any finite values.
 * @param epsilon Smallest length to divide by (PyTorch's `F.normalize` uses 1e-12 too). @default 1e-12
 * @returns The same shape; rows have length 1, zero rows stay zero and have a finite gradient.
 * @throws ArgumentError for a scalar, an empty tensor, and anything but a tensor of numbers.
 */
export function l2Normalize<T extends tf.Tensor>(x: T, epsilon = 1e-12): T {
  checkTensor('input x', x, 'a tensor of shape [..., D]', ({ rank, size }) => rank > 0 && size > 0);
  checkNumber('epsilon', epsilon, { min: 0 });
  // A gradient that will itself be differentiated has to be made of operations on the tape.
  if (tf.engine().state.gradientDepth > 1) return tf.tidy(() => normalize(x, epsilon).y as T);
  const operation = tf.customGrad((...args) => {
    const [x, save] = args as [tf.Tensor, tf.GradSaveFunc];
    const { y, scale, length, isLong } = normalize(x, epsilon);
    save([y, scale, length, isLong]);
    return { value: y, gradFunc: gradFunc as (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor };
  });
  /** (dy - y y·dy) / |v|; dy / epsilon where |v| is less. */
  const gradFunc = (dy: tf.Tensor, [y, scale, length, isLong]: tf.Tensor[]) => {
    const across = tf.sub(dy, tf.mul(y, tf.mul(isLong, tf.sum(tf.mul(dy, y), -1, true))));
    return tf.div(tf.div(across, length), limitScale(scale));
  };
  return operation(x) as T;
}

/** x as y = x / scale / length, with the greatest value of a vector as its scale, so that squares are at most 1. */
function normalize(x: tf.Tensor, epsilon: number) {
  return tf.tidy(() => {
    // Any scale gives the same y, so it is a constant.
    const greatest = stopGradient(() => tf.max(tf.abs(x), -1, true));
    const isZero = stopGradient(() => tf.cast(tf.equal(greatest, 0), 'float32'));
    const scale = tf.add(greatest, isZero);
    const scaled = tf.div(x, scale);
    const length = tf.sqrt(tf.add(tf.sum(tf.square(scaled), -1, true), isZero));
    const shortest = tf.div(epsilon, scale);
    const isLong = tf.cast(tf.greaterEqual(length, shortest), 'float32');
    const divisor = tf.maximum(length, shortest);
    return { y: tf.div(scaled, divisor), scale, length: divisor, isLong };
  });
}

/** Keeps a gradient within 16-bit floats. */
function limitScale(scale: tf.Tensor): tf.Tensor {
  return (tf.backend() as tf.KernelBackend).floatPrecision() === 16 ? tf.maximum(scale, 2 ** -14) : scale;
}
