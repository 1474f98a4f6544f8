import * as tf from '@tensorflow/tfjs-core';
import { checkList, checkNumber, checkTensor } from '../../support/checks';
import { ArgumentError, describe } from '../../support/errors';
import { custom, number, readOptions } from '../../support/options';
import { toUnitRange } from '../../transforms/normalize';
import { fillFromBorder } from './fillFromBorder';

/** How `backgroundMask` tells an object from its background. */
export interface BackgroundMaskArgs {
  /** Largest difference to the background's color, in any channel, that still counts as background. @default 0.1 */
  tolerance?: number;
}

export const backgroundMaskOptions = { tolerance: number({ min: 0, max: 1, default: 0.1 }) };

/**
 * Masks objects on a plain background: 0 for pixels connected to the border through pixels of the background's color, 1
 * elsewhere. Holes of that color inside an object belong to the object.
 *
 * The background's color is the median of the border's pixels, channel by channel; neighbors are those above, below and
 * beside.
 *
 * @param images `[N, H, W, C]`, float32 in 0 … 1 or int32 in 0 … 255.
 * @returns float32 `[N, H, W, 1]` of 0 and 1.
 * @throws ArgumentError if the images or an option are not as described.
 */
export async function backgroundMask(images: tf.Tensor4D, args: BackgroundMaskArgs = {}): Promise<tf.Tensor4D> {
  const { tolerance } = readOptions('backgroundMask', args, backgroundMaskOptions);
  checkImages(images);
  const like = tf.tidy(() => {
    const raw = toUnitRange(images);
    const difference = tf.max(tf.abs(tf.sub(raw, backgroundColor(raw))), 3, true);
    return tf.cast(tf.lessEqual(difference, tolerance), 'float32') as tf.Tensor4D;
  });
  const background = await fillFromBorder(like);
  const mask = tf.sub<tf.Tensor4D>(1, background);
  tf.dispose([like, background]);
  return mask;
}

/** Returns the median of the border's pixels by channel: `[N, H, W, C]` to `[N, 1, 1, C]`. */
export function backgroundColor(images: tf.Tensor4D): tf.Tensor4D {
  return tf.tidy(() => {
    const [count, height, width, channels] = images.shape;
    const row = (top: number) => tf.reshape(tf.slice(images, [0, top, 0, 0], [-1, 1, -1, -1]), [count, -1, channels]);
    const column = (left: number) =>
      tf.reshape(tf.slice(images, [0, 0, left, 0], [-1, -1, 1, -1]), [count, -1, channels]);
    const border = tf.transpose(tf.concat([row(0), row(height - 1), column(0), column(width - 1)], 1), [0, 2, 1]);
    const half = Math.ceil(border.shape[2]! / 2);
    const { values } = tf.topk(border, half);
    return tf.reshape(tf.slice(values, [0, 0, half - 1], [-1, -1, 1]), [count, 1, 1, channels]);
  });
}

/** Where `boxMask` puts its boxes. */
export interface BoxMaskArgs {
  /**
   * `[top, left, bottom, right]` as shares of height and width, one box for all images or a list of one an image.
   * @default [0.125, 0.125, 0.875, 0.875]
   */
  box?: readonly number[] | readonly (readonly number[])[];
}

export const boxMaskOptions = {
  box: custom<NonNullable<BoxMaskArgs['box']>>((_, value) => value as number[], {
    default: [0.125, 0.125, 0.875, 0.875],
  }),
};

/**
 * Masks a box of each image, for photographs: 1 for pixels whose center is inside, 0 elsewhere.
 *
 * @param images `[N, H, W, C]`; their values do not matter.
 * @returns float32 `[N, H, W, 1]` of 0 and 1.
 * @throws ArgumentError if the images or the box are not as described.
 */
export function boxMask(images: tf.Tensor4D, args: BoxMaskArgs = {}): tf.Tensor4D {
  const { box } = readOptions('boxMask', args, boxMaskOptions);
  checkImages(images);
  const [count, height, width] = images.shape;
  const boxes = Array.isArray(box) && Array.isArray(box[0]) ? box : Array.from({ length: count }, () => box);
  const corners = checkList('box', boxes, `one box, or ${count}`, (length) => length === count, checkBox);
  return tf.tidy(() => {
    const side = (end: number) =>
      tf.tensor2d(
        corners.map((corner) => corner[end]),
        [count, 1],
      );
    const within = (length: number, from: number, to: number) => {
      const centers = tf.div(tf.add(tf.range(0, length), 0.5), length);
      return tf.cast(tf.logicalAnd(tf.greaterEqual(centers, side(from)), tf.less(centers, side(to))), 'float32');
    };
    const rows = tf.reshape(within(height, 0, 2), [count, height, 1, 1]);
    const columns = tf.reshape(within(width, 1, 3), [count, 1, width, 1]);
    // A product, not a cast of `logicalAnd`, whose sums over inner axes are wrong on webgpu.
    return tf.mul(rows, columns) as tf.Tensor4D;
  });
}

function checkBox(name: string, value: unknown): number[] {
  const share = (entry: string, number: unknown) => checkNumber(entry, number, { min: 0, max: 1 });
  const box = checkList(name, value, 'a box [top, left, bottom, right]', (length) => length === 4, share);
  if (box[0] < box[2] && box[1] < box[3]) return box;
  throw new ArgumentError(`option ${name}`, 'a box with top < bottom and left < right', describe(value));
}

function checkImages(images: tf.Tensor4D): void {
  checkTensor('input images', images, 'images [N, H, W, C]', ({ rank, size }) => rank === 4 && size > 0);
}
