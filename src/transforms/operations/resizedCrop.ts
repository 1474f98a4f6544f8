import * as tf from '@tensorflow/tfjs-core';
import { padSpatial } from '../../support/padSpatial';
import { type Random, uniform, uniformInteger } from '../../support/random';

/** A rectangle in fractions of an image's height and width, so that it also fits an image of another size. */
export interface Crop {
  /** Upper edge, in 0 … 1 from the top. */
  top: number;
  /** Left edge, in 0 … 1 from the left. */
  left: number;
  /** Share of the image's height, above 0 and at most 1. */
  height: number;
  /** Share of the image's width, above 0 and at most 1. */
  width: number;
}

/**
 * Samples a crop as torchvision's `RandomResizedCrop`: a share of the area uniform in `scale`, an aspect ratio
 * log-uniform in `ratio`, whole pixels; after ten that do not fit, the largest centered crop within `ratio`.
 */
export function sampleCrop(
  [height, width]: readonly number[],
  scale: readonly [number, number],
  ratio: readonly [number, number],
  random: Random,
): Crop {
  const fractions = (top: number, left: number, h: number, w: number) => ({
    top: top / height,
    left: left / width,
    height: h / height,
    width: w / width,
  });
  for (let attempt = 0; attempt < 10; attempt++) {
    const area = height * width * uniform(random, scale[0], scale[1]);
    const aspect = Math.exp(uniform(random, Math.log(ratio[0]), Math.log(ratio[1])));
    const w = Math.round(Math.sqrt(area * aspect));
    const h = Math.round(Math.sqrt(area / aspect));
    if (w >= 1 && w <= width && h >= 1 && h <= height)
      return fractions(uniformInteger(random, 0, height - h), uniformInteger(random, 0, width - w), h, w);
  }
  const h = Math.max(1, Math.min(height, Math.round(width / ratio[0])));
  const w = Math.max(1, Math.min(width, Math.round(height * ratio[1])));
  return fractions(Math.floor((height - h) / 2), Math.floor((width - w) / 2), h, w);
}

/**
 * Crops each image by its own rectangle, resizes to `size` and mirrors some: one kernel for the whole batch.
 *
 * Bilinear with half-pixel centers, without antialiasing: output pixel i samples the source at top + (i + ½) h / S - ½.
 * Beyond the image its edge is repeated; samples beyond a crop come from the image, as in Pillow's `resize(box=…)`.
 *
 * @param images float32 `[N, H, W, C]`.
 * @returns float32 `[N, size[0], size[1], C]` within the range of `images`.
 */
export function resizeCrops(
  images: tf.Tensor4D,
  crops: readonly Crop[],
  flips: readonly boolean[],
  size: readonly [number, number],
): tf.Tensor4D {
  const [batch, height, width, channels] = images.shape;
  // cropAndResize spans its box from first to last sample and gives 0 outside the image, hence the border of one pixel.
  const ends = (start: number, length: number, pixels: number, samples: number) => {
    const half = (0.5 * length * pixels) / samples;
    const first = start * pixels + half + 0.5;
    const last = (start + length) * pixels - half + 0.5;
    return [first / (pixels + 1), last / (pixels + 1)];
  };
  const boxes = crops.flatMap((crop, n) => {
    const [top, bottom] = ends(crop.top, crop.height, height, size[0]);
    const [left, right] = ends(crop.left, crop.width, width, size[1]);
    return flips[n] ? [top, right, bottom, left] : [top, left, bottom, right];
  });
  return tf.tidy(() => {
    const bordered = padSpatial(images, 1, 'symmetric');
    const index = tf.range(0, batch, 1, 'int32') as tf.Tensor1D;
    // wasm's kernel misplaces a crop of a single row; of two, the first and the last lie in the same place then.
    const rows = Math.max(2, size[0]);
    const resized = tf.image.cropAndResize(
      bordered,
      tf.tensor2d(boxes, [batch, 4]),
      index,
      [rows, size[1]],
      'bilinear',
    );
    return tf.slice(resized, [0, 0, 0, 0], [batch, size[0], size[1], channels]);
  });
}
