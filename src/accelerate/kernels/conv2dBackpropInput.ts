import * as tf from '@tensorflow/tfjs-core';
import { composeKernel } from './composeKernel';
import { checkOutput } from './outputOf';
import { padOrCrop } from './padOrCrop';
import { layOutBlocks } from './scatterWindows';

/**
 * The gradient of a convolution with respect to its input, as a convolution of stride 1:
 *
 *     dx[n, s i + a - p, s j + b - p, c] += dy[n, i, j, d] W[a, b, c, d]
 *
 * A pixel of dx meets only those taps a that are congruent to its place modulo the stride s. So each block of s x s
 * pixels is computed as s² C channels of one pixel, with a filter of ceil(size / s) taps a side, and then laid out
 * (sub-pixel convolution: Shi et al., "Real-time single image and video super-resolution", 2016).
 *
 * With a stride, the few remaining taps are summed one by one: a border of zeros around a small dy would be most of it.
 */
export const conv2dBackpropInput = composeKernel<{ dy: tf.Tensor4D; filter: tf.Tensor4D }, tf.Conv2DBackpropInputAttrs>(
  (_, { inputShape }) => inputShape,
  ({ dy, filter }, { strides, pad, dataFormat, dimRoundingMode, inputShape }) => {
    const format = tf.backend_util.convertConv2DDataFormat(dataFormat);
    const info = tf.backend_util.computeConv2DInfo(
      inputShape,
      filter.shape,
      strides,
      1,
      pad,
      dimRoundingMode,
      false,
      format,
    );
    const { batchSize, inChannels, strideHeight, strideWidth, padInfo } = info;
    const blocksHigh = Math.ceil((info.inHeight + padInfo.top) / strideHeight);
    const blocksWide = Math.ceil((info.inWidth + padInfo.left) / strideWidth);

    const pixels: tf.Tensor4D = format === 'channelsLast' ? dy : tf.transpose(dy, [0, 2, 3, 1]);
    checkOutput(info, pixels.shape);
    const taps = subPixelFilter(filter, strideHeight, strideWidth);
    const correlate = strideHeight * strideWidth === 1 ? correlateAtOnce : correlateByTap;
    const blocks = correlate(pixels, taps, blocksHigh, blocksWide);
    const padded = layOutBlocks(blocks, strideHeight, strideWidth, inChannels);
    const gradient = padOrCrop(
      padded,
      { offset: -padInfo.top, size: info.inHeight },
      { offset: -padInfo.left, size: info.inWidth },
    );
    if (format === 'channelsLast') return gradient;
    return tf.reshape(tf.transpose(gradient, [0, 3, 1, 2]), [batchSize, inChannels, info.inHeight, info.inWidth]);
  },
);

/** Correlates dy with the sub-pixel filter, as one convolution of dy with zeros around it. */
function correlateAtOnce(dy: tf.Tensor4D, filter: tf.Tensor4D, blocksHigh: number, blocksWide: number): tf.Tensor4D {
  const [high, wide] = filter.shape;
  const spread = padOrCrop(
    dy,
    { offset: high - 1, size: blocksHigh + high - 1 },
    { offset: wide - 1, size: blocksWide + wide - 1 },
  );
  return tf.conv2d(spread, filter, 1, 'valid');
}

/** Computes the same as the sum of the products of dy with each tap, placed where the tap is. */
function correlateByTap(dy: tf.Tensor4D, filter: tf.Tensor4D, blocksHigh: number, blocksWide: number): tf.Tensor4D {
  const [high, wide, outChannels, channels] = filter.shape;
  const [batch, height, width] = dy.shape;
  const rows = tf.reshape(dy, [batch * height * width, outChannels]);
  const taps = tf.unstack(tf.reshape(filter, [high * wide, outChannels, channels]));
  let sum = tf.zeros([batch, blocksHigh, blocksWide, channels]) as tf.Tensor4D;
  for (const [index, tap] of taps.entries()) {
    const before = sum;
    sum = tf.tidy(() => {
      const product: tf.Tensor4D = tf.reshape(tf.matMul(rows, tap), [batch, height, width, channels]);
      // The taps are in reverse order.
      const [row, column] = [high - 1 - Math.floor(index / wide), wide - 1 - (index % wide)];
      return tf.add(
        before,
        padOrCrop(product, { offset: row, size: blocksHigh }, { offset: column, size: blocksWide }),
      );
    });
    before.dispose();
  }
  return sum;
}

/**
 * Reorders `[kh, kw, C, D]` to `[ceil(kh / sh), ceil(kw / sw), D, sh sw C]`, its taps in reverse order.
 *
 * The taps are gathered as rows by a list of their numbers, because wasm reorders axes fast only up to rank 4.
 */
function subPixelFilter(filter: tf.Tensor4D, strideHeight: number, strideWidth: number): tf.Tensor4D {
  const [height, width, inChannels, outChannels] = filter.shape;
  const high = Math.ceil(height / strideHeight);
  const wide = Math.ceil(width / strideWidth);
  const zeros = height * width; // The number of the row of zeros that stands for a tap beyond the filter.
  const order: number[] = [];
  for (let i = high - 1; i >= 0; i--)
    for (let j = wide - 1; j >= 0; j--)
      for (let row = i * strideHeight; row < (i + 1) * strideHeight; row++)
        for (let column = j * strideWidth; column < (j + 1) * strideWidth; column++)
          order.push(row < height && column < width ? row * width + column : zeros);
  const taps = tf.pad(tf.reshape(filter, [height * width, inChannels * outChannels]), [
    [0, 1],
    [0, 0],
  ]);
  const ordered = tf.gatherND(taps, tf.tensor2d(order, [order.length, 1], 'int32'));
  const channels = strideHeight * strideWidth * inChannels;
  const turned = tf.transpose(tf.reshape(ordered, [high * wide, channels, outChannels]), [0, 2, 1]);
  return tf.reshape(turned, [high, wide, outChannels, channels]);
}
