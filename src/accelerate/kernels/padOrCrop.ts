import * as tf from '@tensorflow/tfjs-core';

/** Where a stretch of an axis goes: `offset` zeros before it (cropped from it, if negative), `size` in all. */
export interface Placement {
  offset: number;
  size: number;
}

/** Returns where an image's rows and columns lie on the canvas that its windows cover. */
export function coverage(info: tf.backend_util.Conv2DInfo): [rows: Placement, columns: Placement] {
  const { padInfo, outHeight, outWidth, strideHeight, strideWidth } = info;
  return [
    { offset: padInfo.top, size: (outHeight - 1) * strideHeight + info.effectiveFilterHeight },
    { offset: padInfo.left, size: (outWidth - 1) * strideWidth + info.effectiveFilterWidth },
  ];
}

/**
 * Places an image `[N, H, W, C]` on a canvas of `rows.size` x `columns.size`, cropping what hangs over.
 *
 * @param outside The value of the canvas where the image is not.
 */
export function padOrCrop(image: tf.Tensor4D, rows: Placement, columns: Placement, outside = 0): tf.Tensor4D {
  const [batch, height, width, channels] = image.shape;
  const [top, keptHeight, bottom] = split(height, rows);
  const [left, keptWidth, right] = split(width, columns);
  const cropped =
    keptHeight === height && keptWidth === width
      ? image
      : tf.slice(
          image,
          [0, Math.max(0, -rows.offset), Math.max(0, -columns.offset), 0],
          [batch, keptHeight, keptWidth, channels],
        );
  if (top + bottom + left + right === 0) return cropped;
  const padding: [number, number][] = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  return tf.pad(cropped, padding, outside);
}

/** Zeros before, length kept and zeros after a stretch of length `length` so placed. */
function split(length: number, { offset, size }: Placement): [number, number, number] {
  const before = Math.min(Math.max(0, offset), size);
  const kept = Math.max(0, Math.min(length + Math.min(0, offset), size - before));
  return [before, kept, size - before - kept];
}
