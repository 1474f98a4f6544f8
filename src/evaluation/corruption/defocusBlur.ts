import * as tf from '@tensorflow/tfjs-core';
import { gaussian, tapDistances } from '../../support/gaussian';
import { padSpatial } from '../../support/padSpatial';
import { corruption } from './corruption';

/**
 * Convolves with a disk of the given radius, itself smoothed by a Gaussian of sigma `aliasSigma`; mirrored at the
 * border.
 */
export const defocusBlur = corruption<{ radius: number; aliasSigma: number }>(
  {
    32: [
      { radius: 0.3, aliasSigma: 0.4 },
      { radius: 0.4, aliasSigma: 0.5 },
      { radius: 0.5, aliasSigma: 0.6 },
      { radius: 1, aliasSigma: 0.2 },
      { radius: 1.5, aliasSigma: 0.1 },
    ],
    64: [
      { radius: 0.5, aliasSigma: 0.6 },
      { radius: 1, aliasSigma: 0.1 },
      { radius: 1.5, aliasSigma: 0.1 },
      { radius: 2.5, aliasSigma: 0.01 },
      { radius: 3, aliasSigma: 0.1 },
    ],
    224: [
      { radius: 3, aliasSigma: 0.1 },
      { radius: 4, aliasSigma: 0.5 },
      { radius: 6, aliasSigma: 0.5 },
      { radius: 8, aliasSigma: 0.5 },
      { radius: 10, aliasSigma: 0.5 },
    ],
  },
  (images, { radius, aliasSigma }) => {
    const kernel = diskKernel(radius, aliasSigma);
    const side = kernel.length;
    const margin = (side - 1) / 2;
    const channels = images.shape[3];
    const padded = padSpatial(images, margin, 'reflect');
    const filter = tf.tile(tf.tensor4d(kernel.flat(), [side, side, 1, 1]), [1, 1, channels, 1]) as tf.Tensor4D;
    return tf.depthwiseConv2d(padded, filter, 1, 'valid');
  },
);

/**
 * Returns equal weights at the pixels whose centers lie in the disk, blurred by a Gaussian of 3 x 3 taps (5 x 5 for
 * radii above 8): the weak antialiasing of the published code.
 */
function diskKernel(radius: number, aliasSigma: number): number[][] {
  const taps = radius <= 8 ? 1 : 2;
  // The published kernel ends at 8 pixels (or the radius) and mirrors what would lie beyond.
  const limit = Math.max(8, radius);
  const reach = Math.min(Math.floor(radius) + taps, limit);
  const inside = (y: number, x: number) => (y * y + x * x <= radius * radius ? 1 : 0);
  const mirror = (i: number) => (Math.abs(i) > limit ? Math.sign(i) * (2 * limit - Math.abs(i)) : i);
  const offsets = tapDistances(reach);
  const gauss = tapDistances(taps).map((distance) => gaussian(distance, aliasSigma));
  const blurred = offsets.map((y) =>
    offsets.map((x) => {
      let sum = 0;
      gauss.forEach((a, i) => {
        gauss.forEach((b, j) => {
          sum += a * b * inside(mirror(y + i - taps), mirror(x + j - taps));
        });
      });
      return sum;
    }),
  );
  const area = offsets.reduce((sum, y) => sum + offsets.reduce((row, x) => row + inside(y, x), 0), 0);
  const mass = gauss.reduce((sum, a) => sum + a, 0) ** 2;
  return blurred.map((row) => row.map((value) => value / (area * mass)));
}
