import * as tf from '@tensorflow/tfjs-core';
import { asFrames, scatterFrames } from './frames';
import { withOutputOf } from './outputOf';
import { scatterWindows } from './scatterWindows';

/**
 * Computes the gradient of average pooling, each dy divided by how many pixels its window has inside the image.
 *
 * The stock kernels of cpu and wasm divide by the size of the window, which is wrong where a window overlaps the
 * border; they stay in use where none does.
 */
export function avgPoolGrad(stock: tf.KernelFunc): tf.KernelFunc {
  return (call) => {
    const { dy, input } = call.inputs as { dy: tf.Tensor4D; input: tf.Tensor4D };
    const { filterSize, strides, pad } = call.attrs as unknown as tf.AvgPoolGradAttrs;
    if (dy.size === 0) return tf.zerosLike(input);
    const pooled = tf.backend_util.computePool2DInfo(input.shape, filterSize, strides, 1, pad, roundingOf(call.attrs));
    const info = withOutputOf(pooled, dy.shape.slice(1));
    const { rows, columns, areWhole } = countsOfPlane(info);
    if (areWhole && tf.util.arraysEqual(pooled.outShape, dy.shape)) return stock(call);
    return tf.tidy(() => {
      const share = tf.div(dy, outer([1, info.outHeight, 1, 1], rows, [1, 1, info.outWidth, 1], columns));
      return scatterWindows(info, () => share as tf.Tensor4D);
    });
  };
}

/** Computes the gradient of average pooling of volumes. */
export function avgPool3dGrad(stock: tf.KernelFunc): tf.KernelFunc {
  return (call) => {
    const { dy, input } = call.inputs as { dy: tf.Tensor5D; input: tf.Tensor5D };
    const { filterSize, strides, pad } = call.attrs as unknown as tf.AvgPool3DGradAttrs;
    if (dy.size === 0) return tf.zerosLike(input);
    const info = tf.backend_util.computePool3DInfo(input.shape, filterSize, strides, 1, pad, roundingOf(call.attrs));
    const depths = countInside(info.outDepth, info.strideDepth, info.filterDepth, info.padInfo.front, info.inDepth);
    const { rows, columns, areWhole } = countsOfPlane(info);
    if (areWhole && depths.every((n) => n === info.filterDepth)) return stock(call);
    return tf.tidy(() => {
      const ofFrame = outer([1, 1, info.outHeight, 1, 1], rows, [1, 1, 1, info.outWidth, 1], columns);
      const share = asFrames(tf.div(dy, tf.mul(ofFrame, tf.tensor(depths, [1, info.outDepth, 1, 1, 1]))));
      const geometry = { ...info, batchSize: share.shape[0] } as unknown as tf.backend_util.Conv2DInfo;
      const frames = scatterWindows(geometry, () => share);
      return scatterFrames(info, () => frames);
    });
  };
}

type Plane = Pick<tf.backend_util.Conv2DInfo, `${'out' | 'stride' | 'filter' | 'in'}${'Height' | 'Width'}`> & {
  padInfo: { top: number; left: number };
};

/** Counts the rows and columns of each window that are inside the image, and tells whether all are. */
function countsOfPlane({ padInfo, ...info }: Plane) {
  const rows = countInside(info.outHeight, info.strideHeight, info.filterHeight, padInfo.top, info.inHeight);
  const columns = countInside(info.outWidth, info.strideWidth, info.filterWidth, padInfo.left, info.inWidth);
  const areWhole = rows.every((n) => n === info.filterHeight) && columns.every((n) => n === info.filterWidth);
  return { rows, columns, areWhole };
}

/** Counts the places of each window along an axis that are inside the image. */
function countInside(windows: number, stride: number, size: number, before: number, length: number): number[] {
  return Array.from({ length: windows }, (_, i) => {
    const start = i * stride - before;
    return Math.max(0, Math.min(start + size, length) - Math.max(start, 0));
  });
}

const outer = (shapeA: number[], a: number[], shapeB: number[], b: number[]) =>
  tf.mul(tf.tensor(a, shapeA), tf.tensor(b, shapeB));

/** Returns the rounding of numeric padding, which tfjs hands down though the attributes' type does not say so. */
const roundingOf = (attrs: tf.NamedAttrMap | undefined) =>
  (attrs as { dimRoundingMode?: 'floor' | 'round' | 'ceil' } | undefined)?.dimRoundingMode;
