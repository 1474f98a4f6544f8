import * as tf from '@tensorflow/tfjs-core';
import { scatterWindows } from './scatterWindows';

/*
 * Convolutions and pools of volumes `[N, D, H, W, C]` as those of their frames: row a of the windows in depth meets the
 * frames s i + a - p, one for each output frame i.
 */

type Geometry3D = ReturnType<typeof tf.backend_util.computePool3DInfo>;

/** Takes the frames that row `a` of each window meets, `[N Do, H, W, C]`; `outside` for those beyond the volume. */
export function framesAt(volume: tf.Tensor5D, info: Geometry3D, a: number, outside: number): tf.Tensor4D {
  const { batchSize, outDepth, strideDepth, filterDepth, padInfo, inDepth, inHeight, inWidth, inChannels } = info;
  const back = Math.max(0, (outDepth - 1) * strideDepth + filterDepth - padInfo.front - inDepth);
  const flat = tf.reshape(volume, [batchSize, inDepth, inHeight * inWidth * inChannels]) as tf.Tensor3D;
  const padding: [number, number][] = [
    [0, 0],
    [padInfo.front, back],
    [0, 0],
  ];
  const padded = padInfo.front + back > 0 ? tf.pad(flat, padding, outside) : flat;
  const end = [batchSize, a + (outDepth - 1) * strideDepth + 1, flat.shape[2]];
  const frames = tf.stridedSlice(padded, [0, a, 0], end, [1, strideDepth, 1]);
  return tf.reshape(frames, [batchSize * outDepth, inHeight, inWidth, inChannels]);
}

/** Adds up frames `[N Do, H, W, C]` where row `a` of the windows meets the volume `[N, D, H, W, C]`. */
export function scatterFrames(info: Geometry3D, framesOf: (a: number) => tf.Tensor): tf.Tensor5D {
  const { batchSize, inDepth, inHeight, inWidth, inChannels, outDepth, padInfo } = info;
  const pixels = inHeight * inWidth;
  // Depth plays the height of an image whose pixels are frames.
  const geometry = {
    ...{ batchSize, inChannels: pixels * inChannels, inHeight: inDepth, inWidth: 1 },
    ...{ strideHeight: info.strideDepth, strideWidth: 1, filterHeight: info.filterDepth, filterWidth: 1 },
    ...{ dilationHeight: info.dilationDepth, dilationWidth: 1, padInfo: { top: padInfo.front, left: 0 } },
  } as tf.backend_util.Conv2DInfo;
  const summed = scatterWindows(geometry, (a) =>
    tf.reshape(framesOf(a), [batchSize, outDepth, 1, pixels * inChannels]),
  );
  return tf.reshape(summed, [batchSize, inDepth, inHeight, inWidth, inChannels]);
}

/** Reshapes `[N, D, H, W, C]` to `[N D, H, W, C]`. */
export const asFrames = (volume: tf.Tensor5D): tf.Tensor4D => {
  const [batch, depth, ...frame] = volume.shape;
  return tf.reshape(volume, [batch * depth, ...frame]);
};
