import * as tf from '@tensorflow/tfjs-core';
import { randomStream } from 'tfjs-nonsemantic-negatives';

/** An image as plain numbers, [row][column][channel]. */
export type Image = number[][][];

/** Reproducible noise in 0 … 1, as float32 holds it. */
export function noise(height: number, width: number, channels = 3, name: number | string = 0): Image {
  const random = randomStream('noise', height, width, channels, name);
  return Array.from({ length: height }, () =>
    Array.from({ length: width }, () => Array.from({ length: channels }, () => Math.fround(random()))),
  );
}

/** Reproducible bytes 0 … 255. */
export const byteNoise = (...args: Parameters<typeof noise>): Image =>
  noise(...args).map((row) => row.map((pixel) => pixel.map((v) => Math.floor(256 * v))));

/** A tensor of images of noise, each of its own. */
export function noiseBatch(count: number, height: number, width: number, channels = 3): tf.Tensor4D {
  return tf.tensor4d(Array.from({ length: count }, (_, n) => noise(height, width, channels, n)));
}

/** The images of a batch, one by one. */
export function single(batch: tf.Tensor4D, n: number): tf.Tensor3D {
  const [, height, width, channels] = batch.shape;
  return tf.reshape(tf.slice(batch, [n, 0, 0, 0], [1, height, width, channels]), [height, width, channels]);
}
