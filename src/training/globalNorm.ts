import * as tf from '@tensorflow/tfjs-core';

/** Up to this many values a kernel's own cost exceeds its work. */
const small = 2 ** 15;

/** The length of all tensors taken as one vector, √(Σ x²): a scalar on the device, NaN or infinite if a value is. */
export function globalNorm(tensors: readonly tf.Tensor[]): tf.Scalar {
  return tf.tidy(() => {
    const flat = tensors.map((x) => tf.reshape(x, [x.size]) as tf.Tensor1D);
    const few = flat.filter(({ size }) => size <= small);
    const vectors = [...flat.filter(({ size }) => size > small), ...(few.length > 0 ? [tf.concat1d(few)] : [])];
    return tf.sqrt(tf.addN(vectors.map((x) => tf.sum(tf.square(x))))) as tf.Scalar;
  });
}
