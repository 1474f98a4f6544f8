import * as tf from '@tensorflow/tfjs-core';
import { constant } from './cachedTensor';

/**
 * The place of the least value along the last axis of `[…, K]`; of equal ones, the first.
 *
 * As `tf.argMin` says and does, but on WebGPU: its threads meet in pairs and of equal values keep either.
 */
export function argMinFirst(values: tf.Tensor): tf.Tensor {
  if (tf.getBackend() !== 'webgpu') return tf.argMin(values, -1);
  const count = values.shape[values.rank - 1] as number;
  const places = constant(`candidate places ${count}`, () => tf.range(0, count));
  const isLeast = tf.lessEqual(values, tf.min(values, -1, true));
  return tf.cast(tf.min(tf.where(isLeast, places, count), -1), 'int32');
}
