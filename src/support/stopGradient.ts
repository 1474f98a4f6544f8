import * as tf from '@tensorflow/tfjs-core';

/**
 * Runs `compute` off the gradient tape: its result has no gradient, and no activation is kept.
 *
 * TensorFlow.js has no such operation, but records nothing within a custom gradient.
 */
export function stopGradient<T extends tf.Tensor>(compute: () => T): T {
  return tf.customGrad(() => ({ value: compute(), gradFunc: () => [] }))() as T;
}
