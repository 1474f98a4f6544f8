import * as tf from '@tensorflow/tfjs-core';
import { type Random, uniformInteger } from '../../support/random';
import { corruption } from './corruption';
import { gatherPixels } from './resample';
import { gaussianMap, mapAxes } from './separable';

/** Blurs by a Gaussian, takes each pixel from a random neighbor, and blurs again. */
export const glassBlur = corruption<{ sigma: number; distance: number; rounds: number }>(
  {
    32: [
      { sigma: 0.05, distance: 1, rounds: 1 },
      { sigma: 0.25, distance: 1, rounds: 1 },
      { sigma: 0.4, distance: 1, rounds: 1 },
      { sigma: 0.25, distance: 1, rounds: 2 },
      { sigma: 0.4, distance: 1, rounds: 2 },
    ],
    64: [
      { sigma: 0.1, distance: 1, rounds: 1 },
      { sigma: 0.5, distance: 1, rounds: 1 },
      { sigma: 0.6, distance: 1, rounds: 2 },
      { sigma: 0.7, distance: 2, rounds: 1 },
      { sigma: 0.9, distance: 2, rounds: 2 },
    ],
    224: [
      { sigma: 0.7, distance: 1, rounds: 2 },
      { sigma: 0.9, distance: 2, rounds: 1 },
      { sigma: 1, distance: 2, rounds: 3 },
      { sigma: 1.1, distance: 3, rounds: 2 },
      { sigma: 1.5, distance: 4, rounds: 2 },
    ],
  },
  (images, { sigma, distance, rounds }, randoms) => {
    const [batch, height, width] = images.shape;
    const blur = (x: tf.Tensor4D) => mapAxes(x, gaussianMap(height, sigma), gaussianMap(width, sigma));
    const sources = new Int32Array(batch * height * width);
    randoms.forEach((random, n) => {
      sources.set(displacedPixels(height, width, distance, rounds, random), n * height * width);
    });
    const pixel = tf.tensor3d(sources, [batch, height, width], 'int32');
    return blur(gatherPixels(blur(images), tf.scalar(0, 'int32'), pixel));
  },
);

/**
 * Draws for each pixel the one that it takes its color from. From the last pixel to the first, each takes the current
 * color of a pixel at most `distance` away.
 *
 * The published code means to swap the two, but its NumPy assignment copies; this follows what it does.
 */
function displacedPixels(height: number, width: number, distance: number, rounds: number, random: Random): Int32Array {
  const source = Int32Array.from({ length: height * width }, (_, i) => i);
  for (let round = 0; round < rounds; round++) {
    for (let y = height - distance; y > distance; y--) {
      for (let x = width - distance; x > distance; x--) {
        const dx = uniformInteger(random, -distance, distance - 1);
        const dy = uniformInteger(random, -distance, distance - 1);
        source[y * width + x] = source[(y + dy) * width + x + dx];
      }
    }
  }
  return source;
}
