import * as tf from '@tensorflow/tfjs-core';
import { checkTensor } from '../../support/checks';
import { toUnitRange } from '../../transforms/normalize';

/**
 * Draws each image's edges in dark lines on white: 1 - g / max g, with g the length of Sobel's gradient in the channel
 * in which it is longest. An image without any edge is white.
 *
 * @param images `[N, H, W, C]`, float32 in 0 … 1 or int32 in 0 … 255.
 * @returns float32 of the same shape, all channels alike, in 0 … 1.
 * @throws ArgumentError if the images are not as described.
 */
export function edges(images: tf.Tensor4D): tf.Tensor4D {
  checkTensor('input images', images, 'images [N, H, W, C]', ({ rank, size }) => rank === 4 && size > 0);
  return tf.tidy(() => {
    const x = toUnitRange(images);
    const [, height, width, channels] = x.shape;
    // Repeats the border, so that it is no edge.
    const at = (image: tf.Tensor4D, axis: 1 | 2, step: number) => shift(image, axis, step);
    const smooth = (axis: 1 | 2) => tf.add(tf.add(at(x, axis, -1), at(x, axis, 1)), tf.mul(x, 2)) as tf.Tensor4D;
    const slope = (axis: 1 | 2) => {
      const across = smooth(axis === 1 ? 2 : 1);
      return tf.square(tf.sub(at(across, axis, 1), at(across, axis, -1)));
    };
    const length = tf.max(tf.sqrt(tf.add(slope(1), slope(2))), 3, true);
    const max = tf.maximum(tf.max(length, [1, 2], true), 1e-4);
    return tf.tile(tf.reshape(tf.sub(1, tf.div(length, max)), [-1, height, width, 1]), [1, 1, 1, channels]);
  });
}

/**
 * Shifts by one pixel, `step` of 1 or -1, along rows (axis 1) or columns (axis 2), the border repeated.
 */
function shift(image: tf.Tensor4D, axis: 1 | 2, step: number): tf.Tensor4D {
  const length = image.shape[axis];
  const part = (start: number, size: number) => {
    const begin = [0, 0, 0, 0];
    const extent = [-1, -1, -1, -1];
    begin[axis] = start;
    extent[axis] = size;
    return tf.slice(image, begin, extent);
  };
  if (length === 1) return image;
  return step > 0
    ? tf.concat([part(1, length - 1), part(length - 1, 1)], axis)
    : tf.concat([part(0, 1), part(0, length - 1)], axis);
}
