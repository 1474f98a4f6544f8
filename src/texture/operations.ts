import * as tf from '@tensorflow/tfjs-core';
import { constant } from './cachedTensor';

/** Rounds to the nearest integer, halves upwards on every backend (`tf.round` differs between them). */
export function round<T extends tf.Tensor>(x: T): T {
  return tf.floor(tf.add(x, 0.5)) as T;
}

/** Returns half of the squared length of each vector of `[…, D]`: `[…, 1]`. */
export function halfSquaredLengths(vectors: tf.Tensor): tf.Tensor {
  return tf.div(tf.sum(tf.square(vectors), -1, true), 2);
}

/** Shifts rows and columns of `[N, h, w, C]` cyclically: row `down` and column `across` come first. */
export function roll<T extends tf.Tensor4D>(x: T, down: number, across: number): T {
  const [, height, width] = x.shape;
  const start = (shift: number, length: number) => ((shift % length) + length) % length;
  const twice = tf.tile(x, [1, 2, 2, 1]);
  return tf.slice(twice, [0, start(down, height), start(across, width), 0], [-1, height, width, -1]) as T;
}

/**
 * Returns the index of the minimum along the last axis of `[…, K]`; of equal ones, the first.
 *
 * Replaces `tf.argMin`, which on WebGPU may return either of two equal values.
 */
export function argMinFirst(values: tf.Tensor): tf.Tensor {
  if (tf.getBackend() !== 'webgpu') return tf.argMin(values, -1);
  const count = values.shape[values.rank - 1] as number;
  const indices = constant(`candidate indices ${count}`, () => tf.range(0, count));
  // Not `tf.where`, which would spread the indices over the pixels on the host.
  const isLarger = tf.cast(tf.greater(values, tf.min(values, -1, true)), 'float32');
  return tf.cast(tf.min(tf.add(indices, tf.mul(isLarger, count)), -1), 'int32');
}

/** Selects `candidates[choice[n, y, x], n, y, x]` from `[K, N, h, w, 1]` with a choice `[N, h, w, 1]`. */
export function select<T extends tf.Tensor>(candidates: tf.Tensor, choice: tf.Tensor4D): T {
  const { shape, size } = choice;
  const places = constant(`places ${shape}`, () =>
    tf.tensor(
      Int32Array.from({ length: size }, (_, i) => i),
      shape,
      'int32',
    ),
  );
  return tf.gatherND(tf.reshape(candidates, [-1, size, 1]), tf.concat([choice, places], 3)) as T;
}
