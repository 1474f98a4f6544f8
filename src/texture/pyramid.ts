import * as tf from '@tensorflow/tfjs-core';
import { neighborhoodBasis } from './neighborhood';
import type { TexturePlan } from './plan';

/**
 * One resolution of the exemplars, laid out as a table with one row a pixel.
 *
 * Each exemplar has a border of one pixel, so that a step over its edge lands on a row that is known to be outside.
 * Row of pixel (y, x) of exemplar e of image n: `((n E + e) stride + y + 1) stride + x + 1`, with stride = m + 2.
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
}

/** Where each output pixel comes from: row numbers of a level's tables, `[N, h, w, 1]` int32. */
export type Sources = tf.Tensor4D;

/** Rows that one image takes in a level's tables. */
export function rowsOfImage(level: { exemplars: number; stride: number }): number {
  return level.exemplars * level.stride ** 2;
}

/** The exemplars at every level, finest first, each half as wide as the one before. */
export function buildPyramid(exemplars: tf.Tensor5D, plan: TexturePlan): Level[] {
  const [images] = exemplars.shape;
  let pixels = quantize(exemplars, plan);
  return plan.exemplarSizes.map((size, i) => {
    // Rounded again at each level: distances between integers are exact, see quantize.
    if (i > 0) pixels = round(tf.avgPool(pixels, 2, 2, 'valid'));
    return { images, exemplars: plan.exemplars, size, stride: size + 2, pixels };
  });
}

/**
 * Colors as integers around 0, the exemplars' own range spread over 256 steps.
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

/** Nearest integer, halves upwards on every backend (`tf.round` differs between them). */
export function round<T extends tf.Tensor>(x: T): T {
  return tf.floor(tf.add(x, 0.5)) as T;
}

/** A level's values `[N E, m, m, D]` as a table `[rows, D]`, with `outside` in the border's rows. */
export function toTable(values: tf.Tensor4D, outside: number): tf.Tensor2D {
  const border = tf.pad(
    values,
    [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ],
    outside,
  );
  return tf.reshape(border, [-1, values.shape[3]]);
}

/** Rows of a table: `[rows, D]` and row numbers `[…, 1]` give `[…, D]`. */
export function lookUp(table: tf.Tensor2D, rows: tf.Tensor): tf.Tensor {
  // gatherND, not gather: the latter reads its indices back to the host on some backends.
  return tf.gatherND(table, rows as tf.Tensor4D);
}

/** Features of the neighborhood around every pixel: `[B, h, w, C]` to `[B, h, w, D]`. */
export function neighborhoods(image: tf.Tensor4D): tf.Tensor4D {
  const radius = 2;
  return round(tf.conv2d(mirror(image, radius), neighborhoodBasis(2 * radius + 1, image.shape[3], 2, 0), 1, 'valid'));
}

/** An image continued by `radius` mirrored pixels on each side. */
export function mirror(image: tf.Tensor4D, radius: number): tf.Tensor4D {
  return tf.mirrorPad(
    image,
    [
      [0, 0],
      [radius, radius],
      [radius, radius],
      [0, 0],
    ],
    'symmetric',
  );
}
