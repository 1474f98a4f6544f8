import * as tf from '@tensorflow/tfjs-core';
import { composeKernel } from './composeKernel';
import { framesAt } from './frames';

/**
 * Max pooling of volumes, as the largest of its pooled frames; wasm's own starts at 0 and so misses negative values.
 */
export const maxPool3d = composeKernel<{ x: tf.Tensor5D }, tf.MaxPool3DAttrs>(
  ({ x }, { filterSize, strides, pad, dimRoundingMode }) =>
    tf.backend_util.computePool3DInfo(x.shape, filterSize, strides, 1, pad, dimRoundingMode).outShape,
  ({ x }, { filterSize, strides, pad, dimRoundingMode }) => {
    const info = tf.backend_util.computePool3DInfo(x.shape, filterSize, strides, 1, pad, dimRoundingMode);
    const { filterHeight, filterWidth, strideHeight, strideWidth } = info;
    const framePad = pad as 'same'; // or a number
    const pooled = Array.from({ length: info.filterDepth }, (_, a) => {
      const frames = framesAt(x, info, a, Number.NEGATIVE_INFINITY);
      return tf.maxPool(frames, [filterHeight, filterWidth], [strideHeight, strideWidth], framePad, dimRoundingMode);
    });
    return tf.reshape(
      pooled.reduce((max, frames) => tf.maximum(max, frames)),
      info.outShape,
    );
  },
);
