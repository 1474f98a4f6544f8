import * as tf from '@tensorflow/tfjs-core';
import { checkNumber, checkTensor } from './checks';
import { hasCustomKernel, runCustomKernel } from './customKernels';
import { hasHalfFloats } from './hasHalfFloats';
import { stopGradient } from './stopGradient';

/**
 * Scales each vector along the last axis to unit length: v / max(|v|, epsilon).
 *
 * With 16-bit floats, whose squares overflow from 256 on, vectors are scaled before they are squared.
 *
 * @param x Of shape [..., D], finite values; with 32-bit floats, of lengths up to 1.8e19, whose squares are finite.
 * @param epsilon Smallest length to divide by (PyTorch's `F.normalize` uses 1e-12 too). @default 1e-12
 * @returns The same shape; rows have length 1, zero rows stay zero and have a finite gradient.
 * @throws ArgumentError for a scalar, an empty tensor, and anything but a tensor of numbers.
 */
export function l2Normalize<T extends tf.Tensor>(x: T, epsilon = 1e-12): T {
  checkTensor('input x', x, 'a tensor of shape [..., D]', ({ rank, size }) => rank > 0 && size > 0);
  checkNumber('epsilon', epsilon, { min: 0 });
  const normalize = hasHalfFloats() ? normalizeScaled : normalizeSquares;
  // A gradient that will itself be differentiated has to be made of operations on the tape.
  if (tf.engine().state.gradientDepth > 1) return tf.tidy(() => normalize(x, epsilon).y as T);
  // 16-bit floats do not hold the sums of squares that those kernels keep.
  if (hasCustomKernel('L2Normalize') && !hasHalfFloats()) return normalizeFused(x, epsilon) as T;
  const operation = tf.customGrad((...args) => {
    const [x, save] = args as [tf.Tensor, tf.GradSaveFunc];
    const { y, isLong, divisors } = normalize(x, epsilon);
    save([y, isLong, ...divisors]);
    return { value: y, gradFunc: gradFunc as (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor };
  });
  // (dy - y y·dy) / |v|, or dy / epsilon where |v| is less.
  const gradFunc = (dy: tf.Tensor, [y, isLong, ...divisors]: tf.Tensor[]) => {
    const across = tf.sub(dy, tf.mul(y, tf.mul(isLong, tf.sum(tf.mul(dy, y), -1, true))));
    return divisors.reduce((dx, divisor) => tf.div(dx, divisor), across);
  };
  return operation(x) as T;
}

/** Uses the kernels that `accelerate()` registers. */
function normalizeFused(x: tf.Tensor, epsilon: number): tf.Tensor {
  const operation = tf.customGrad((...args) => {
    const [x, save] = args as [tf.Tensor, tf.GradSaveFunc];
    const value = runCustomKernel('L2Normalize', { x }, { epsilon });
    save([x, value]);
    const gradFunc = (dy: tf.Tensor, [x, y]: tf.Tensor[]) =>
      runCustomKernel('L2NormalizeGrad', { dy, x, y }, { epsilon });
    return { value, gradFunc: gradFunc as (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor };
  });
  return operation(x);
}

/** What a vector becomes, whether it is at least epsilon long, and what its gradient is divided by. */
interface Normalized {
  y: tf.Tensor;
  isLong: tf.Tensor;
  divisors: tf.Tensor[];
}

function normalizeSquares(x: tf.Tensor, epsilon: number): Normalized {
  return tf.tidy(() => {
    const square = tf.sum(tf.square(x), -1, true);
    const divisor = tf.sqrt(tf.maximum(square, epsilon * epsilon));
    const isLong = tf.cast(tf.greaterEqual(square, epsilon * epsilon), 'float32');
    return { y: tf.div(x, divisor), isLong, divisors: [divisor] };
  });
}

/** Scales x twice, y = x / scale / length: by each vector's largest value first, so that squares are at most 1. */
function normalizeScaled(x: tf.Tensor, epsilon: number): Normalized {
  return tf.tidy(() => {
    // Any scale gives the same y, so it is a constant.
    const max = stopGradient(() => tf.max(tf.abs(x), -1, true));
    const isZero = stopGradient(() => tf.cast(tf.equal(max, 0), 'float32'));
    const scale = tf.add(max, isZero);
    const scaled = tf.div(x, scale);
    const length = tf.sqrt(tf.add(tf.sum(tf.square(scaled), -1, true), isZero));
    const minLength = tf.div(epsilon, scale);
    const divisor = tf.maximum(length, minLength);
    const isLong = tf.cast(tf.greaterEqual(length, minLength), 'float32');
    // The gradient stays within 16-bit floats.
    return { y: tf.div(scaled, divisor), isLong, divisors: [divisor, tf.maximum(scale, 2 ** -14)] };
  });
}
