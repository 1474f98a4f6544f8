import * as tf from '@tensorflow/tfjs-core';

// Removing a backend removes its entry and so its tensors.
const ofBackend = new WeakMap<object, Map<string, tf.Tensor>>();

/** Returns a tensor that depends on shapes alone: made at first use, then kept for as long as its backend lives. */
export function constant<T extends tf.Tensor>(key: string, make: () => T): T {
  const backend = tf.backend();
  const constants = ofBackend.get(backend) ?? new Map<string, tf.Tensor>();
  ofBackend.set(backend, constants);
  let tensor = constants.get(key);
  if (!tensor) {
    tensor = tf.keep(tf.tidy(make));
    constants.set(key, tensor);
  }
  return tensor as T;
}
