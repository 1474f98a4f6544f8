import * as tf from '@tensorflow/tfjs-core';

interface Transposes {
  transposeA: boolean;
  transposeB: boolean;
}

/**
 * Products of matrices as wasm multiplies them fast: one matrix by another with the transposes made first, as its fast
 * routine is for two plain matrices only; and a batch of matrices with few columns, such as 3x3 mixtures of channels,
 * as a sum of outer products, a quarter of the time. All others are left to `stock`.
 */
export function matMulByShape(stock: tf.KernelFunc): tf.KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const { a, b } = inputs as { a: tf.Tensor; b: tf.Tensor };
    const { transposeA, transposeB } = attrs as unknown as Transposes;
    const isTransposed = transposeA || transposeB;
    if (a.size > 0 && b.size > 0 && isMatrix(a) && isMatrix(b) && isTransposed)
      return tf.tidy(() => {
        const plain = { a: transposeA ? transposeMatrix(a) : a, b: transposeB ? transposeMatrix(b) : b };
        return stock({
          inputs: plain,
          attrs: { ...attrs, transposeA: false, transposeB: false },
          backend,
        }) as tf.Tensor;
      });
    if (!isTransposed && areBatches(a, b) && a.size > 0 && columnsOf(a) <= 4 && columnsOf(b) >= 64)
      return sumOuterProducts(a, b);
    return stock({ inputs, attrs, backend });
  };
}

/** Products of two batches of unlike shape, which the stock kernels of cpu and wasm pair wrongly: repeated first. And
 * those without values. */
export function repeatBatches(stock: tf.KernelFunc): tf.KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const { a, b } = inputs as { a: tf.Tensor; b: tf.Tensor };
    if (a.size === 0 || b.size === 0) return emptyProduct(a, b, attrs as unknown as Transposes);
    if (isMatrix(a) || isMatrix(b) || tf.util.arraysEqual(batchOf(a), batchOf(b)))
      return stock({ inputs, attrs, backend });
    return tf.tidy(() => {
      const batch = tf.broadcast_util.assertAndGetBroadcastShape(batchOf(a), batchOf(b));
      const repeat = (x: tf.Tensor) => tf.broadcastTo(x, [...batch, ...x.shape.slice(-2)]);
      return stock({ inputs: { a: repeat(a), b: repeat(b) }, attrs, backend }) as tf.Tensor;
    });
  };
}

/** Returns zeros, sums of nothing: stock kernels leave what was in memory, or divide by 0. */
function emptyProduct(a: tf.Tensor, b: tf.Tensor, { transposeA, transposeB }: Transposes): tf.Tensor {
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(batchOf(a), batchOf(b));
  const [rows, columns] = [a.shape[a.rank - (transposeA ? 1 : 2)], b.shape[b.rank - (transposeB ? 2 : 1)]];
  return tf.zeros([...batch, rows, columns], a.dtype);
}

const batchOf = ({ shape }: tf.TensorInfo) => shape.slice(0, -2);

function isMatrix(x: tf.TensorInfo): boolean {
  return x.shape.slice(0, -2).every((size) => size === 1);
}

const columnsOf = ({ shape }: tf.TensorInfo) => shape[shape.length - 1];

/** Tells whether both are of rank 3, with one matrix of b for each of a. */
function areBatches(a: tf.TensorInfo, b: tf.TensorInfo): boolean {
  return a.shape.length === 3 && b.shape.length === 3 && a.shape[0] > 1 && a.shape[0] === b.shape[0];
}

function transposeMatrix(x: tf.Tensor): tf.Tensor {
  const axes = x.shape.map((_, axis) => axis);
  return tf.transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}

/** Sums column times row over the columns of a, `[N, I, K]`, and the rows of b, `[N, K, J]`. */
function sumOuterProducts(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const count = a.shape[2] as number;
    const columns = tf.split(a, count, 2);
    const rows = tf.split(b, count, 1);
    return columns.map((column, k) => tf.mul(column, rows[k])).reduce((sum, product) => tf.add(sum, product));
  });
}
