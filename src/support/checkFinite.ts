import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from './errors';

/**
 * Sums values scaled down by twice their number, which is finite exactly where all of them are.
 *
 * Additions pass NaN and infinities on. Comparisons, and so `tf.isFinite`, may miss them on webgpu and webgl, whose
 * compilers may assume that there are none; and webgpu does not reduce booleans over inner axes.
 */
export function scaledSum(x: tf.Tensor, axis?: number[]): tf.Tensor {
  return tf.tidy(() => tf.sum(tf.div(x, 2 * x.size), axis));
}

/**
 * Resolves if no value of `x` is NaN or infinite. It reads one number from the device.
 *
 * @param subject The noun of the error, such as `input embeddings`.
 * @param hint A second sentence of the error.
 * @throws ArgumentError that names the first row that is not finite.
 */
export async function checkFinite(subject: string, x: tf.Tensor, hint?: string): Promise<void> {
  if (x.dtype !== 'float32' || x.size === 0) return;
  const sum = scaledSum(x);
  const [value] = await sum.data();
  sum.dispose();
  if (!Number.isFinite(value)) checkFiniteValues(subject, await x.data(), x.size / x.shape[0], hint);
}

/** Checks values that are on the host, row by row. @throws ArgumentError */
export function checkFiniteValues(subject: string, values: ArrayLike<number>, rowLength: number, hint?: string): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    throw new ArgumentError(subject, 'finite numbers', `${values[i]} in row ${Math.floor(i / rowLength)}`, hint);
  }
}
