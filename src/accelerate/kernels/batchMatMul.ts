import * as tf from '@tensorflow/tfjs-core';

/**
 * A product of two matrices with the transposes made first: wasm multiplies with its fast routine only if neither side
 * is to be transposed, which in the gradients of a product one always is.
 */
export function transposeFirst(stock: tf.KernelFunc): tf.KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const { a, b } = inputs as { a: tf.Tensor; b: tf.Tensor };
    const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean };
    const isMatrix = (x: tf.TensorInfo) => x.shape.slice(0, -2).every((size) => size === 1);
    if (!(transposeA || transposeB) || !isMatrix(a) || !isMatrix(b)) return stock({ inputs, attrs, backend });
    return tf.tidy(() => {
      const plain = { a: transposeA ? transposeMatrix(a) : a, b: transposeB ? transposeMatrix(b) : b };
      return stock({ inputs: plain, attrs: { ...attrs, transposeA: false, transposeB: false }, backend }) as tf.Tensor;
    });
  };
}

function transposeMatrix(x: tf.Tensor): tf.Tensor {
  const axes = x.shape.map((_, axis) => axis);
  return tf.transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}
