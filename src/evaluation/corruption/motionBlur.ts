import * as tf from '@tensorflow/tfjs-core';
import { gaussian, gaussianWeights } from '../../support/gaussian';
import { uniform } from '../../support/random';
import { corruption } from './corruption';
import { gatherPixels } from './resample';

interface MotionLevel {
  radius: number;
  sigma: number;
}

/** Blurs along a direction at most 45° from the horizontal. */
export const motionBlur = corruption<MotionLevel>(
  {
    32: [
      { radius: 6, sigma: 1 },
      { radius: 6, sigma: 1.5 },
      { radius: 6, sigma: 2 },
      { radius: 8, sigma: 2 },
      { radius: 9, sigma: 2.5 },
    ],
    64: [
      { radius: 10, sigma: 1 },
      { radius: 10, sigma: 1.5 },
      { radius: 10, sigma: 2 },
      { radius: 10, sigma: 2.5 },
      { radius: 12, sigma: 3 },
    ],
    224: [
      { radius: 10, sigma: 3 },
      { radius: 15, sigma: 5 },
      { radius: 15, sigma: 8 },
      { radius: 15, sigma: 12 },
      { radius: 20, sigma: 15 },
    ],
  },
  (images, level, randoms) =>
    blurAlong(
      images,
      randoms.map((random) => uniform(random, -45, 45)),
      level,
    ),
);

/** A tap below this share of the first adds nothing that 8 bits could show. */
const minWeight = 1e-5;

/**
 * Blurs as ImageMagick's motion blur, whose kernel is one-sided: the mean of the pixels at distances 0 … 2 radius in
 * one direction, weighted by exp(-d² / 2 sigma²); each is the pixel nearest to its place, the border is repeated.
 *
 * @param images float32 `[N, H, W, C]`.
 * @param angles In degrees, one an image: 0 reads to the right, 90 downwards.
 */
export function blurAlong(images: tf.Tensor4D, angles: readonly number[], { radius, sigma }: MotionLevel): tf.Tensor4D {
  const [batch, height, width] = images.shape;
  const distances = Array.from({ length: 2 * Math.ceil(radius) + 1 }, (_, d) => d);
  const weights = gaussianWeights(distances, sigma);
  const shifted = (size: number, shape: number[], distance: number, direction: (radians: number) => number) => {
    const steps = angles.map((angle) => Math.ceil(distance * direction((angle * Math.PI) / 180) - 0.5));
    const places = tf.add(tf.tensor3d(steps, [batch, 1, 1], 'int32'), tf.reshape(tf.range(0, size, 1, 'int32'), shape));
    return tf.minimum(tf.maximum(places, tf.scalar(0, 'int32')), tf.scalar(size - 1, 'int32'));
  };
  return tf.tidy(() => {
    let sum = tf.mul(images, weights[0]);
    for (let d = 1; d < weights.length && gaussian(d, sigma) > minWeight; d++) {
      const rows = shifted(height, [1, height, 1], d, Math.sin);
      const columns = shifted(width, [1, 1, width], d, Math.cos);
      sum = tf.add(sum, tf.mul(gatherPixels(images, rows, columns), weights[d]));
    }
    return sum as tf.Tensor4D;
  });
}
