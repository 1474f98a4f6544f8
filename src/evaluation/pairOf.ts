import * as tf from '@tensorflow/tfjs-core';

/** Returns an element of a dataset as images and labels; it may be images alone. */
export function pairOf(element: tf.TensorContainer): { xs: tf.TensorContainer; ys?: tf.TensorContainer } {
  const isPair = typeof element === 'object' && element && !(element instanceof tf.Tensor) && 'xs' in element;
  return isPair ? (element as { xs: tf.TensorContainer; ys?: tf.TensorContainer }) : { xs: element };
}
