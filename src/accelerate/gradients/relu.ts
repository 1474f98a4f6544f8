import * as tf from '@tensorflow/tfjs-core';
import { runCustomKernel } from '../../support/customKernels';
import type { FastGradient } from '../registry';
import { runOperation, type TensorFlowBackend } from '../tensorflow/operation';

/**
 * What the gradient of ReLU needs is the sign of x, which the output has too. The output is kept by the next layer
 * anyway; with it in place of x, one tensor less per activation stays in memory until the gradient is made.
 */
export const keepOutput = { inputsToSave: [], outputsToSave: [true] };

/** Computes the stock gradient, of the output. */
export const reluGradient: FastGradient = (stock) => stock;

/** Computes ReLU's gradient by one launch, in place of a mask and a product. */
export const shaderReluGradient: FastGradient =
  () =>
  (dy, [y]) => ({ x: () => runCustomKernel('ReluGrad', { dy: dy as tf.Tensor, y }, {}) });

/**
 * Computes ReLU's gradient on TensorFlow: `ReluGrad` on a GPU, one kernel. On a CPU the product with the sign of the
 * output is faster than `ReluGrad`.
 */
export const tensorflowReluGradient: FastGradient = () => (dy, saved) => {
  const [y] = saved;
  return {
    x: () => {
      const backend = tf.backend() as unknown as TensorFlowBackend;
      if (!backend.isUsingGpuDevice) return tf.mul(dy as tf.Tensor, tf.sign(y));
      return runOperation(backend, 'ReluGrad', [dy as tf.Tensor, y], { T: { type: y.dtype } })[0];
    },
  };
};
