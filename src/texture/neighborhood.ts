import * as tf from '@tensorflow/tfjs-core';
import { padSpatial } from '../support/padSpatial';
import { constant } from './cachedTensor';

/** Returns features of the 5 x 5 neighborhood around every pixel: `[B, h, w, C]` to `[B, h, w, D]`. */
export function neighborhoods(image: tf.Tensor4D): tf.Tensor4D {
  const basis = neighborhoodBasis(5, image.shape[3], 2, 0);
  return tf.floor(tf.conv2d(padSpatial(image, 2, 'symmetric'), basis, 1, 'valid'));
}

/**
 * Returns a filter `[p, p, C, D]` that describes p x p neighborhoods by their D lowest frequencies: the discrete cosine
 * basis over rows, columns and channels, which for three channels is brightness and two opponent colors.
 *
 * Brightness keeps the frequencies u + v <= `detail`, the other channels those with u + v <= `colorDetail`. The basis
 * is orthonormal, so squared distances of features are squared distances of (smoothed) neighborhoods, as the
 * principal components of Lefebvre & Hoppe 2005, section 3, but with nothing to fit. Weights are rounded to multiples
 * of 1/256: times integer colors their sums are exact.
 */
export function neighborhoodBasis(p: number, channels: number, detail: number, colorDetail: number): tf.Tensor4D {
  return constant(`neighborhoodBasis ${p} ${channels} ${detail} ${colorDetail}`, () => {
    const waves: [channel: number, u: number, v: number][] = [];
    for (let channel = 0; channel < channels; channel++) {
      const highest = channel === 0 ? detail : colorDetail;
      for (let u = 0; u < p; u++) for (let v = 0; v < p; v++) if (u + v <= highest) waves.push([channel, u, v]);
    }
    const weights = new Float32Array(p * p * channels * waves.length);
    let i = 0;
    for (let y = 0; y < p; y++)
      for (let x = 0; x < p; x++)
        for (let c = 0; c < channels; c++)
          for (const [k, u, v] of waves)
            weights[i++] = Math.round(256 * cosine(channels, k, c) * cosine(p, u, y) * cosine(p, v, x)) / 256;
    return tf.tensor4d(weights, [p, p, channels, waves.length]);
  });
}

/** Returns sample `i` of wave `k` of the orthonormal discrete cosine basis of length `n`. */
function cosine(n: number, k: number, i: number): number {
  return Math.sqrt((k ? 2 : 1) / n) * Math.cos((Math.PI * (2 * i + 1) * k) / (2 * n));
}
