import * as tf from '@tensorflow/tfjs-core';

/** What a kernel receives, its tensors by name and its attributes, and what comes of it. */
type Call<Inputs, Attributes, Result> = (inputs: Inputs, attributes: Attributes) => Result;

/**
 * Makes a kernel that sums over its inputs, written as ordinary operations on other kernels of the same backend.
 * Without values in one of its inputs it is 0, which those kernels do not always know.
 *
 * The engine records nothing on the tape while a kernel runs, so the operations inside have no gradients of their own;
 * `tidy` disposes their intermediate results.
 *
 * @param shapeOf Returns the shape of the result.
 */
export function composeKernel<Inputs, Attributes>(
  shapeOf: Call<Inputs, Attributes, readonly number[]>,
  compose: Call<Inputs, Attributes, tf.Tensor>,
): tf.KernelFunc {
  return (call) => {
    // The engine hands a kernel the tensors themselves, declared as the narrower TensorInfo.
    const inputs = call.inputs as unknown as Inputs;
    const attributes = call.attrs as unknown as Attributes;
    const tensors = Object.values(call.inputs) as tf.Tensor[];
    if (tensors.every(({ size }) => size > 0)) return tf.tidy(() => compose(inputs, attributes));
    return tf.zeros([...shapeOf(inputs, attributes)], tensors[0].dtype);
  };
}
