import * as tf from '@tensorflow/tfjs-core';
import { gaussian, normalizeWeights, tapDistances } from '../../support/gaussian';
import { padSpatial } from '../../support/padSpatial';

/**
 * Blurs each image by a Gaussian with its own sigma, in one depthwise convolution per axis for the whole batch.
 *
 * The batch is laid out as one image whose channels are those of all images, so that each channel can have its own
 * kernel. Taps reach ceil(3 sigma) pixels, weights exp(-d² / 2 sigma²) sum to 1, edges are mirrored as in
 * torchvision.
 *
 * @param planes float32 `[N, C, H, W]`.
 * @param sigmas One an image, in pixels; 0 leaves the image as it is, to the bit.
 * @param radius Number of taps on each side of the center, cut to the image's shorter side less one.
 * @returns float32 `[N, H, W, C]` within the range of each image.
 */
export function gaussianBlur(planes: tf.Tensor4D, sigmas: readonly number[], radius: number): tf.Tensor4D {
  const [batch, channels, height, width] = planes.shape;
  const reach = Math.min(radius, height - 1, width - 1);
  if (reach < 1) return tf.transpose(planes, [0, 2, 3, 1]);
  const taps = 2 * reach + 1;
  const weights = new Float32Array(taps * batch * channels);
  sigmas.forEach((sigma, n) => {
    const kernel = gaussianKernel(sigma, reach);
    for (let tap = 0; tap < taps; tap++) {
      const at = (tap * batch + n) * channels;
      weights.fill(kernel[tap], at, at + channels);
    }
  });
  return tf.tidy(() => {
    const filter = tf.tensor(weights);
    const side = tf.reshape(tf.transpose(planes, [2, 3, 0, 1]), [1, height, width, batch * channels]);
    const padded = padSpatial(side as tf.Tensor4D, reach, 'reflect');
    const blurAlong = (x: tf.Tensor4D, [height, width]: [number, number]) =>
      tf.depthwiseConv2d(x, tf.reshape<tf.Rank.R4>(filter, [height, width, batch * channels, 1]), 1, 'valid');
    const across = blurAlong(blurAlong(padded, [taps, 1]), [1, taps]);
    return tf.transpose(tf.reshape(across, [height, width, batch, channels]), [2, 0, 1, 3]) as tf.Tensor4D;
  });
}

/** Weights that end at 3 sigma, so that one filter length serves all sigmas of a batch. */
function gaussianKernel(sigma: number, reach: number): number[] {
  const limit = Math.ceil(3 * sigma);
  return normalizeWeights(tapDistances(reach).map((d) => (Math.abs(d) > limit ? 0 : gaussian(d, sigma))));
}
