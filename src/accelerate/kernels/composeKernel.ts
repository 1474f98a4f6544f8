import * as tf from '@tensorflow/tfjs-core';

/** What a kernel receives: its tensors by name, and its attributes. */
export type Compose<Inputs, Attributes> = (inputs: Inputs, attributes: Attributes) => tf.Tensor;

/**
 * A kernel written as ordinary operations on other kernels of the same backend.
 *
 * The engine records nothing on the tape while a kernel runs, so the operations inside have no gradients of their own;
 * `tidy` disposes their intermediate results.
 */
export function composeKernel<Inputs, Attributes>(compose: Compose<Inputs, Attributes>): tf.KernelFunc {
  // The engine hands a kernel the tensors themselves, declared as the narrower TensorInfo.
  return ({ inputs, attrs }) =>
    tf.tidy(() => compose(inputs as unknown as Inputs, attrs as unknown as Attributes)) as tf.TensorInfo;
}
