import * as tf from '@tensorflow/tfjs-core';

interface ReduceAttributes {
  axis: number | number[];
  keepDims: boolean;
}

/** Computes the mean by average pooling, where that is faster; see `reduceByPooling`. */
export const meanByPooling = (stock: tf.KernelFunc) => reduceByPooling(stock, Number.NaN, (mean) => mean);

/** Computes the sum, as the mean times the number of summands. */
export const sumByPooling = (stock: tf.KernelFunc) => reduceByPooling(stock, 0, (mean, count) => tf.mul(mean, count));

/**
 * Reduces neighboring axes other than the last, such as batch, height and width, by average pooling with a window that
 * covers them: wasm's own reductions first move those axes last, and take 15 times as long. `stock` reduces all others.
 *
 * @param ofNone What no values come to; wasm's own reductions leave what was in memory.
 */
function reduceByPooling(
  stock: tf.KernelFunc,
  ofNone: number,
  finish: (mean: tf.Tensor, count: number) => tf.Tensor,
): tf.KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const { x } = inputs as { x: tf.Tensor };
    const { axis, keepDims } = attrs as unknown as ReduceAttributes;
    const axes = tf.util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
    const size = (from: number, to?: number) => tf.util.sizeFromShape(x.shape.slice(from, to));
    const [first, end] = [axes[0], axes[0] + axes.length];
    const count = size(first, end);
    if (x.size === 0) {
      const shape = x.shape.flatMap((length, each) => (axes.includes(each) ? (keepDims ? [1] : []) : [length]));
      return tf.fill(shape, ofNone, x.dtype === 'float32' || Number.isNaN(ofNone) ? 'float32' : 'int32');
    }
    const neighbors = axes.every((each, i) => each === first + i);
    if (!neighbors || x.dtype !== 'float32' || count === 1 || size(end) === 1) return stock({ inputs, attrs, backend });

    const pooled = tf.tidy(() => {
      const images = tf.reshape(x, [size(0, first), count, 1, size(end)]) as tf.Tensor4D;
      const mean = tf.avgPool(images, [count, 1], 1, 'valid');
      // Pooling turns NaN into -Infinity. wasm's memory is the host's: a look at the few means costs next to nothing.
      if (!mean.dataSync().every(Number.isFinite)) return undefined;
      const kept = keepDims ? axes.map(() => 1) : [];
      return tf.reshape(finish(mean, count), [...x.shape.slice(0, first), ...kept, ...x.shape.slice(end)]);
    });
    return pooled ?? stock({ inputs, attrs, backend });
  };
}
