import * as tf from '@tensorflow/tfjs-core';

/**
 * Runs `compute` off the gradient tape: no gradient flows through its result, and no activation is kept for one.
 *
 * TensorFlow.js has no stop-gradient; within a custom gradient nothing is taped, and this one has no inputs.
 */
export function stopGradient<T extends tf.Tensor>(compute: () => T): T {
  return tf.customGrad(() => ({ value: compute(), gradFunc: () => [] }))() as T;
}
