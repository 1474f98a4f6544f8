import * as tf from '@tensorflow/tfjs-core';
import { round } from './operations';
import type { TexturePlan } from './plan';
import { border, toTable } from './table';

/**
 * One resolution of the exemplars. Its values are looked up in tables with one row a pixel.
 *
 * Each exemplar has a border, so that a step over its edge lands on a row that is known to be outside. Row of pixel
 * (y, x) of exemplar e of image n: `((n E + e) stride + y + border) stride + x + border`, stride = m + 2 border.
 */
export interface Level {
  images: number;
  exemplars: number;
  /** Side m of an exemplar. */
  size: number;
  /** Rows from a pixel to the one below it. */
  stride: number;
  /** Exemplar colors as small integers, `[N E, m, m, C]`. */
  pixels: tf.Tensor4D;
  /** The table of these. */
  colors: tf.Tensor2D;
}

/** Returns the exemplars at every level, finest first, each half as wide as the one before. */
export function buildPyramid(exemplars: tf.Tensor5D, plan: TexturePlan): Level[] {
  const [images] = exemplars.shape;
  let pixels = quantize(exemplars, plan);
  return plan.exemplarSizes.map((size, i) => {
    // Rounded again at each level: distances between integers are exact, see quantize.
    if (i > 0) pixels = round(tf.avgPool(pixels, 2, 2, 'valid'));
    return { images, exemplars: plan.exemplars, size, stride: size + 2 * border, pixels, colors: toTable(pixels, 0) };
  });
}

/**
 * Turns colors into integers around 0, the exemplars' own range spread over 256 steps.
 *
 * Sums of products of such integers stay below 2^24, so float32 holds them exactly in whatever order a backend adds
 * them: the same patch wins in every batch and on every device.
 */
function quantize(exemplars: tf.Tensor5D, { channels, exemplarSizes, patch }: TexturePlan): tf.Tensor4D {
  const steps = Math.min(255, Math.floor(2 * Math.sqrt(2 ** 24 / (3 * channels * Math.max(patch, 5) ** 2))));
  const low = tf.min(exemplars, [1, 2, 3, 4], true);
  const range = tf.sub(tf.max(exemplars, [1, 2, 3, 4], true), low);
  const scaled = tf.mul(tf.sub(exemplars, low), tf.div(steps, tf.maximum(range, 1e-30)));
  const [size] = exemplarSizes;
  return tf.reshape(tf.sub(round(scaled), Math.ceil(steps / 2)), [-1, size, size, channels]);
}
