import * as tf from '@tensorflow/tfjs-core';
import { constant } from './cachedTensor';

/** Rounds to the nearest integer, halves upwards on every backend (`tf.round` differs between them). */
export function round<T extends tf.Tensor>(x: T): T {
  return tf.floor(tf.add(x, 0.5)) as T;
}

/** Shifts `x` cyclically along `axis`. */
export function roll<T extends tf.Tensor>(x: T, shift: number, axis: number): T {
  const length = x.shape[axis];
  const cut = ((shift % length) + length) % length;
  if (cut === 0) return x;
  const [head, tail] = tf.split(x, [cut, length - cut], axis);
  return tf.concat([tail, head], axis) as T;
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
export function select<T extends tf.Tensor>(candidates: tf.Tensor, choice: tf.Tensor): T {
  const { shape, size } = choice;
  const places = constant(`places ${shape}`, () =>
    tf.tensor(
      Int32Array.from({ length: size }, (_, i) => i),
      shape,
      'int32',
    ),
  );
  const index = tf.add(tf.mul(choice, tf.scalar(size, 'int32')), places);
  return tf.gatherND(tf.reshape(candidates, [-1, 1]), index) as T;
}
