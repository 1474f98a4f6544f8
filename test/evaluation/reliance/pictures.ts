import * as tf from '@tensorflow/tfjs-core';
import { randomStream } from 'tfjs-nonsemantic-negatives';
import type { Image } from '../../support/images';

/** Side of the drawn pictures. */
export const side = 24;

/** Whether a point, from -1 to 1 in both directions, is inside; each holds a square of 8 pixels at side 24. */
const shapes: ((x: number, y: number) => boolean)[] = [
  (x, y) => Math.hypot(x, y) < 0.8,
  (x, y) => Math.abs(x) < 0.4 && Math.abs(y) < 0.9,
  (x, y) => Math.abs(y) < 0.4 && Math.abs(x) < 0.9,
  (x, y) => y > -0.85 && y < 0.85 && Math.abs(x) < (y + 0.85) / 1.7,
  (x, y) => Math.abs(x) + Math.abs(y) < 0.9,
  (x, y) => Math.max(Math.abs(x), Math.abs(y)) < 0.7,
];

/**
 * Objects of different shapes and different colors on white, as RGBA: concept i has the shape i, of a color and a grain
 * that no other has, never white.
 */
export function drawnPictures(count = shapes.length): { images: Image[]; masks: number[][][] } {
  const masks: number[][][] = [];
  const images = Array.from({ length: count }, (_, i) => {
    const random = randomStream('drawn', i);
    const color = [random(), random(), random()].map((value) => 0.15 + 0.55 * value);
    const mask: number[][] = [];
    const image = Array.from({ length: side }, (_, row) => {
      const line = Array.from({ length: side }, (_, column) => {
        const at = (place: number) => (2 * (place + 0.5)) / side - 1;
        return shapes[i % shapes.length](at(column) * (1 + (i - (i % 6)) / 60), at(row)) ? 1 : 0;
      });
      mask.push(line);
      return line.map((inside) => [...color.map((value) => Math.fround(inside ? value + 0.1 * random() : 1)), inside]);
    });
    masks.push(mask);
    return image;
  });
  return { images, masks };
}

/** The drawn pictures as a tensor, with their alpha channel or without. */
export function drawnBatch(count?: number, { alpha = true } = {}): tf.Tensor4D {
  const { images } = drawnPictures(count);
  return tf.tensor4d(alpha ? images : images.map((image) => image.map((row) => row.map((pixel) => pixel.slice(0, 3)))));
}

/** Sees nothing but which pixels are not white. */
export const seeMask = (images: tf.Tensor4D): tf.Tensor2D =>
  tf.tidy(() => {
    const inside = tf.cast(tf.less(tf.min(images, 3), 0.97), 'float32');
    return tf.reshape(inside, [images.shape[0], -1]) as tf.Tensor2D;
  });

/** Sees nothing but the mean color, and its spread, of the pixels that are not white, wherever they are. */
export const seeColor = (images: tf.Tensor4D): tf.Tensor2D =>
  tf.tidy(() => {
    // Computed from the cast: webgpu sums the mere cast over inner axes to zeros.
    const inside = tf.mul(tf.cast(tf.less(tf.min(images, 3, true), 0.97), 'float32'), 1);
    const mean = (x: tf.Tensor) => tf.div(tf.sum(tf.mul(x, inside), [1, 2]), tf.add(tf.sum(inside, [1, 2]), 1e-6));
    const color = mean(images);
    // Away from gray, so that cosines tell colors apart.
    return tf.sub(color, 0.45) as tf.Tensor2D;
  });
