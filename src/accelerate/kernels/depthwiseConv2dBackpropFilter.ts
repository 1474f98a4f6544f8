import * as tf from '@tensorflow/tfjs-core';
import { composeDepthwiseFilterGradient } from './composeFilterGradient';
import { coverage, padOrCrop } from './padOrCrop';

/**
 * The gradient of a depthwise convolution with respect to its filter, as a depthwise convolution:
 *
 *     dW[a, b, c, m] = sum over n, i, j of x[n, s i + r a - p, s j + r b - p, c] dy[n, i, j, c M + m]
 *
 * Every image of the batch is a group of channels of its own, with its dy as the filter; stride s and dilation r change
 * roles. The sum over the batch comes last.
 */
export const depthwiseConv2dBackpropFilter = composeDepthwiseFilterGradient((x, dy, info) => {
  const { batchSize, inChannels, outChannels, inHeight, inWidth, outHeight, outWidth } = info;
  const multiplier = outChannels / inChannels;

  const image = padOrCrop(
    tf.reshape(tf.transpose(x, [1, 2, 0, 3]), [1, inHeight, inWidth, batchSize * inChannels]),
    ...coverage(info),
  );
  const filter: tf.Tensor4D = tf.reshape(tf.transpose(dy, [1, 2, 0, 3]), [
    outHeight,
    outWidth,
    batchSize * inChannels,
    multiplier,
  ]);
  const perImage = tf.depthwiseConv2d(image, filter, [info.dilationHeight, info.dilationWidth], 'valid', 'NHWC', [
    info.strideHeight,
    info.strideWidth,
  ]);
  return tf.reshape(tf.sum(tf.reshape(perImage, [info.filterHeight * info.filterWidth, batchSize, outChannels]), 1), [
    info.filterHeight,
    info.filterWidth,
    inChannels,
    multiplier,
  ]);
});
