import * as tf from '@tensorflow/tfjs-core';
import { hasUnitStride } from './convolutionGradients';
import type { KernelCall, TensorFlowBackend } from './operation';

/**
 * Computes the filter gradient of a 1x1 convolution with a stride, as a product of matrices of the pixels that the
 * stride leaves:
 *
 *     dW[0, 0, c, d] = sum over n, i, j of x[n, s i, s j, c] dy[n, i, j, d]
 *
 * TensorFlow 2.12 on a CPU hands these to oneDNN, which is wrong here and writes beyond its memory when there are fewer
 * channels than a block has, 8 on AVX2 and 16 on AVX-512 (oneDNN issue 6035).
 */
export function pointwiseFilterGradient(otherwise: tf.KernelFunc): tf.KernelFunc {
  return (call) => {
    const { x, dy } = call.inputs as { x: tf.Tensor4D; dy: tf.Tensor4D };
    const { filterShape, strides, pad, dataFormat, dimRoundingMode } =
      call.attrs as unknown as tf.Conv2DBackpropFilterAttrs;
    const isOnCpu = !(call.backend as TensorFlowBackend).isUsingGpuDevice;
    if (!isOnCpu || dataFormat !== 'NHWC' || !isStridedPointwise(call, filterShape)) return otherwise(call);
    // A padding of 0 is a valid one; tfjs-node refuses all others that are not named.
    const { padInfo } = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode);
    if (padInfo.type !== 'VALID' && padInfo.type !== 'SAME') return otherwise(call);
    return tf.tidy(() => {
      const [high, wide] = Array.isArray(strides) ? strides : [strides, strides];
      const pixels = tf.stridedSlice(x, [0, 0, 0, 0], x.shape, [1, high, wide, 1]);
      const [rows, slopes] = [pixels, dy].map((t) => tf.reshape(t, [t.size / t.shape[3]!, t.shape[3]!]));
      return tf.reshape(tf.matMul(rows, slopes, true), filterShape);
    });
  };
}

/** Tells whether a filter is 1x1 and strided, for which oneDNN first gathers the pixels that the stride leaves. */
export const isStridedPointwise = (call: KernelCall, [height, width]: readonly number[]) =>
  height * width === 1 && !hasUnitStride(call);
