import * as tf from '@tensorflow/tfjs-core';
import { composeKernel } from './composeKernel';
import { asFrames, framesAt, scatterFrames } from './frames';
import { withOutputOf } from './outputOf';
import { coverage, type Placement, padOrCrop } from './padOrCrop';
import { scatterWindows } from './scatterWindows';

type Inputs<T> = { dy: T; input: T; output: T };
const outside = Number.NEGATIVE_INFINITY;

type Geometry = Parameters<typeof scatterWindows>[0];

/**
 * The gradient of max pooling: each window gives its dy to the first of its largest values, of either sign.
 *
 * wasm's own search starts at 0, so a window without a positive value gives its gradient to the wrong pixel.
 */
export const maxPoolGrad = composeKernel<Inputs<tf.Tensor4D>, tf.MaxPoolGradAttrs>(
  ({ input }) => input.shape,
  ({ dy, input, output }, { filterSize, strides, pad, dimRoundingMode }) => {
    const info = tf.backend_util.computePool2DInfo(input.shape, filterSize, strides, 1, pad, dimRoundingMode);
    return giveToMax(input, output, withOutputOf(info, dy.shape.slice(1)), { left: dy });
  },
);

/**
 * The gradient of max pooling of volumes; the stock kernel of cpu compares places wrongly where a window hangs
 * over, and TensorFlow's gives each of equal maxima all of dy.
 */
export const maxPool3dGrad = composeKernel<Inputs<tf.Tensor5D>, tf.MaxPool3DGradAttrs>(
  ({ input }) => input.shape,
  ({ dy, input, output }, { filterSize, strides, pad, dimRoundingMode }) => {
    const info = tf.backend_util.computePool3DInfo(input.shape, filterSize, strides, 1, pad, dimRoundingMode);
    const rest = { left: asFrames(dy) };
    const y = asFrames(output);
    const geometry = { ...info, batchSize: y.shape[0] } as unknown as Geometry;
    return scatterFrames(info, (a) => giveToMax(framesAt(input, info, a, outside), y, geometry, rest));
  },
);

/** @param rest What the windows have `left` to give; a window gives all at once. */
function giveToMax(x: tf.Tensor4D, y: tf.Tensor4D, info: Geometry, rest: { left: tf.Tensor4D }): tf.Tensor4D {
  const { outHeight, outWidth, strideHeight, strideWidth } = info;
  const [batch, height, width, channels] = x.shape;
  const [rows, columns] = coverage(info);
  // Pixels that no window meets may stay: cropping them would be a kernel more.
  const whole = ({ offset, size }: Placement, length: number) => ({ offset, size: Math.max(size, offset + length) });
  // No maximum of finite values equals what is outside. (Not NaN: wasm caches paddings by value, and NaN equals any.)
  const padded = padOrCrop(x, whole(rows, height), whole(columns, width), outside);
  const none = tf.zerosLike(y);
  return scatterWindows(info, (a, b) => {
    const end = [batch, a + (outHeight - 1) * strideHeight + 1, b + (outWidth - 1) * strideWidth + 1, channels];
    const values = tf.stridedSlice(padded, [0, a, b, 0], end, [1, strideHeight, strideWidth, 1]);
    const isMax = tf.equal(values, y);
    const given = tf.where(isMax, rest.left, none) as tf.Tensor4D;
    rest.left = tf.where(isMax, none, rest.left) as tf.Tensor4D;
    return given;
  });
}
