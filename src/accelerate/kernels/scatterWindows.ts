import * as tf from '@tensorflow/tfjs-core';
import { padOrCrop } from './padOrCrop';

type Geometry = tf.backend_util.Conv2DInfo;

/**
 * Adds up what windows give back to their pixels, the transpose of cutting an image into windows:
 *
 *     dx[n, s i + r a - p, s j + r b - p, c] += tap(a, b)[n, i, j, c]
 *
 * Taps whose places are congruent modulo the stride fall on the same pixels, so they are summed as small images, one
 * for each of the s x s pixels of a block, which are then laid out.
 *
 * @param tap Returns what row a and column b of each window give, `[N, Ho, Wo, C]`.
 */
export function scatterWindows(info: Geometry, tap: (row: number, column: number) => tf.Tensor4D): tf.Tensor4D {
  const { batchSize, inChannels: channels, strideHeight, strideWidth, padInfo } = info;
  const high = Math.ceil((info.inHeight + padInfo.top) / strideHeight);
  const wide = Math.ceil((info.inWidth + padInfo.left) / strideWidth);
  const sums: (tf.Tensor4D | undefined)[] = new Array(strideHeight * strideWidth).fill(undefined);
  for (let a = 0; a < info.filterHeight; a++)
    for (let b = 0; b < info.filterWidth; b++) {
      const [row, column] = [a * info.dilationHeight, b * info.dilationWidth];
      const phase = (row % strideHeight) * strideWidth + (column % strideWidth);
      const placed = padOrCrop(
        tap(a, b),
        { offset: Math.floor(row / strideHeight), size: high },
        { offset: Math.floor(column / strideWidth), size: wide },
      );
      const sum = sums[phase];
      sums[phase] = sum ? (tf.add(sum, placed) as tf.Tensor4D) : placed;
    }
  const phases = sums.map((sum) => sum ?? (tf.zeros([batchSize, high, wide, channels]) as tf.Tensor4D));
  const blocks = phases.length === 1 ? phases[0] : (tf.concat(phases, 3) as tf.Tensor4D);
  return padOrCrop(
    layOutBlocks(blocks, strideHeight, strideWidth, channels),
    { offset: -padInfo.top, size: info.inHeight },
    { offset: -padInfo.left, size: info.inWidth },
  );
}

/** Lays out `[N, H, W, sh sw C]` as `[N, H sh, W sw, C]`: the channels of a block become its pixels. */
export function layOutBlocks(
  blocks: tf.Tensor4D,
  strideHeight: number,
  strideWidth: number,
  channels: number,
): tf.Tensor4D {
  const [batch, high, wide] = blocks.shape;
  const rows = tf.reshape(blocks, [batch * high, wide, strideHeight, strideWidth * channels]);
  return tf.reshape(tf.transpose(rows, [0, 2, 1, 3]), [batch, high * strideHeight, wide * strideWidth, channels]);
}
