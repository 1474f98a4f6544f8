import * as tf from '@tensorflow/tfjs-core';

/** A transform for a thread: labels each batch with the number of tensors that are alive there. */
export default ({ xs }) => ({ xs, ys: tf.fill([1], tf.memory().numTensors) });
