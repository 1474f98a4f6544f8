import * as tf from '@tensorflow/tfjs-core';
import { uniform } from '../../support/random';
import { lumaWeights } from '../../transforms/operations/blend';
import { normals } from '../randomTensors';
import { corruption } from './corruption';
import { blurAlong } from './motionBlur';
import { mapAxes, zoomMap } from './separable';

interface SnowLevel {
  /** Mean of the noise that becomes flakes. */
  mean: number;
  /** Its standard deviation. */
  deviation: number;
  /** How much the noise is enlarged. */
  zoom: number;
  /** Noise from this value on becomes a flake. */
  threshold: number;
  /** Motion blur of the flakes, falling. */
  radius: number;
  sigma: number;
  /** Share of the image's own colors; the rest is whitened. */
  keep: number;
}

const level = (...[mean, deviation, zoom, threshold, radius, sigma, keep]: number[]): SnowLevel => ({
  mean,
  deviation,
  zoom,
  threshold,
  radius,
  sigma,
  keep,
});

/** Adds falling flakes, and the same turned by 180°, to a whitened image. */
export const snow = corruption(
  {
    32: [
      level(0.1, 0.2, 1, 0.6, 8, 3, 0.95),
      level(0.1, 0.2, 1, 0.5, 10, 4, 0.9),
      level(0.15, 0.3, 1.75, 0.55, 10, 4, 0.9),
      level(0.25, 0.3, 2.25, 0.6, 12, 6, 0.85),
      level(0.3, 0.3, 1.25, 0.65, 14, 12, 0.8),
    ],
    64: [
      level(0.1, 0.2, 1, 0.6, 8, 3, 0.8),
      level(0.1, 0.2, 1, 0.5, 10, 4, 0.8),
      level(0.15, 0.3, 1.75, 0.55, 10, 4, 0.7),
      level(0.25, 0.3, 2.25, 0.6, 12, 6, 0.65),
      level(0.3, 0.3, 1.25, 0.65, 14, 12, 0.6),
    ],
    224: [
      level(0.1, 0.3, 3, 0.5, 10, 4, 0.8),
      level(0.2, 0.3, 2, 0.5, 12, 4, 0.7),
      level(0.55, 0.3, 4, 0.9, 12, 8, 0.7),
      level(0.55, 0.3, 4.5, 0.85, 12, 8, 0.65),
      level(0.55, 0.3, 2.5, 0.85, 12, 12, 0.55),
    ],
  },
  (images, { mean, deviation, zoom, threshold, keep, ...motion }, randoms) => {
    const [, height, width] = images.shape;
    const angles = randoms.map((random) => uniform(random, -135, -45));
    const noise = tf.add(tf.mul(normals(randoms, [height, width, 1]), deviation), mean);
    const zoomed = mapAxes(noise as tf.Tensor4D, zoomMap(height, zoom), zoomMap(width, zoom));
    const flakes = tf.clipByValue(tf.mul(zoomed, tf.cast(tf.greaterEqual(zoomed, threshold), 'float32')), 0, 1);
    const falling = blurAlong(flakes as tf.Tensor4D, angles, motion);
    const luma = tf.sum(tf.mul(images, tf.tensor1d(lumaWeights)), -1, true);
    const whitened = tf.maximum(images, tf.add(tf.mul(luma, 1.5), 0.5));
    const scene = tf.add(tf.mul(images, keep), tf.mul(whitened, 1 - keep));
    return tf.add(tf.add(scene, falling), tf.reverse(falling, [1, 2]));
  },
);
