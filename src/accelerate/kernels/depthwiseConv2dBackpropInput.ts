import * as tf from '@tensorflow/tfjs-core';
import { composeKernel } from './composeKernel';
import { padOrCrop } from './padOrCrop';

/**
 * The gradient of a depthwise convolution with respect to its input, as a depthwise convolution of dy, spread out by
 * the stride, with the filter turned by 180 degrees; the outputs of one input channel are summed:
 *
 *     dx[n, s i + r a - p, s j + r b - p, c] += dy[n, i, j, c M + m] W[a, b, c, m]
 */
export const depthwiseConv2dBackpropInput = composeKernel<
  { dy: tf.Tensor4D; filter: tf.Tensor4D },
  tf.DepthwiseConv2dNativeBackpropInputAttrs
>(
  (_, { inputShape }) => inputShape,
  ({ dy, filter }, { strides, dilations, pad, dimRoundingMode, inputShape }) => {
    const info = tf.backend_util.computeConv2DInfo(
      inputShape,
      filter.shape,
      strides,
      dilations,
      pad,
      dimRoundingMode,
      true,
    );
    const { batchSize, inHeight, inWidth, inChannels, outChannels, filterHeight, filterWidth } = info;

    const reachHeight = info.effectiveFilterHeight - 1;
    const reachWidth = info.effectiveFilterWidth - 1;
    const spread = padOrCrop(
      spreadOut(dy, info.strideHeight, info.strideWidth),
      { offset: reachHeight - info.padInfo.top, size: inHeight + reachHeight },
      { offset: reachWidth - info.padInfo.left, size: inWidth + reachWidth },
    );
    const turned: tf.Tensor4D = tf.reshape(tf.reverse(filter, [0, 1]), [filterHeight, filterWidth, outChannels, 1]);
    const gradient = tf.depthwiseConv2d(spread, turned, 1, 'valid', 'NHWC', [info.dilationHeight, info.dilationWidth]);
    if (outChannels === inChannels) return gradient;
    const grouped = tf.reshape(gradient, [batchSize * inHeight * inWidth, inChannels, outChannels / inChannels]);
    return tf.reshape(tf.sum(grouped, 2), [batchSize, inHeight, inWidth, inChannels]);
  },
);

/** Puts `rows - 1` rows and `columns - 1` columns of zeros after each row and column of `[N, H, W, C]`. */
function spreadOut(image: tf.Tensor4D, rows: number, columns: number): tf.Tensor4D {
  const [batch, height, width, channels] = image.shape;
  const padEnd = (x: tf.Tensor, length: number, zeros: number) =>
    zeros === 0
      ? x
      : tf.pad(tf.reshape(x, [-1, length]), [
          [0, 0],
          [0, zeros],
        ]);
  const wide = padEnd(image, channels, (columns - 1) * channels);
  const rowLength = width * columns * channels;
  const high = padEnd(wide, rowLength, (rows - 1) * rowLength);
  return tf.reshape(high, [batch, height * rows, width * columns, channels]);
}
