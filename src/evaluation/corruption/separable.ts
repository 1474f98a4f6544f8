import * as tf from '@tensorflow/tfjs-core';
import { gaussianWeights, tapDistances } from '../../support/gaussian';

/**
 * A linear map of the pixels along one axis, a matrix `[outputs, inputs]`. Blurs, resizing and cosine transforms, with
 * any treatment of the border, are such maps: one along the height, one along the width.
 */
export interface AxisMap {
  outputs: number;
  inputs: number;
  /** Row by row. */
  weights: Float32Array;
}

/** Applies one map along the height and one along the width of all images: `[N, H, W, C]` to `[N, H', W', C]`. */
export function mapAxes(images: tf.Tensor4D, alongHeight: AxisMap, alongWidth: AxisMap): tf.Tensor4D {
  const [batch, , width, channels] = images.shape;
  const apply = ({ outputs, inputs, weights }: AxisMap, x: tf.Tensor) =>
    tf.matMul(tf.tensor2d(weights, [outputs, inputs]), tf.reshape(x, [inputs, -1]));
  const [h, w] = [alongHeight.outputs, alongWidth.outputs];
  return tf.tidy(() => {
    const rows = apply(alongHeight, tf.transpose(images, [1, 0, 2, 3]));
    const columns = apply(alongWidth, tf.transpose(tf.reshape(rows, [h, batch, width, channels]), [2, 0, 1, 3]));
    return tf.transpose(tf.reshape<tf.Rank.R4>(columns, [w, h, batch, channels]), [2, 1, 0, 3]);
  });
}

/** Returns the map with the weights that `taps` gives for each output; weights of equal inputs add up. */
export function axisMap(
  outputs: number,
  inputs: number,
  taps: (output: number) => readonly { input: number; weight: number }[],
): AxisMap {
  const weights = new Float32Array(outputs * inputs);
  for (let output = 0; output < outputs; output++)
    for (const { input, weight } of taps(output)) weights[output * inputs + input] += weight;
  return { outputs, inputs, weights };
}

/** How an axis is extended beyond its ends: `a a a | a b c` or `c b a | a b c`. */
export type Border = 'nearest' | 'symmetric';

/** Returns the pixel at place `i` of an axis of `size` pixels that is extended at both ends. */
export function borderPixel(i: number, size: number, border: Border): number {
  if (border === 'nearest') return Math.min(Math.max(i, 0), size - 1);
  const place = ((i % (2 * size)) + 2 * size) % (2 * size);
  return Math.min(place, 2 * size - 1 - place);
}

/**
 * Blurs along an axis by a Gaussian: weights exp(-d² / 2 sigma²), of sum 1, up to round(truncate · sigma) pixels away;
 * scipy's and scikit-image's `gaussian`.
 */
export function gaussianMap(size: number, sigma: number, truncate = 4, border: Border = 'nearest'): AxisMap {
  const reach = Math.floor(truncate * sigma + 0.5);
  const distances = tapDistances(reach);
  const weights = gaussianWeights(distances, sigma);
  return axisMap(size, size, (output) =>
    distances.map((d, i) => ({ input: borderPixel(output + d, size, border), weight: weights[i] })),
  );
}

/**
 * Zooms into the middle of an axis and keeps its size: bilinear between corner-aligned samples of a crop of
 * ceil(size / factor) pixels.
 */
export function zoomMap(size: number, factor: number): AxisMap {
  const crop = Math.ceil(size / factor);
  const first = Math.floor((size - crop) / 2);
  const zoomed = roundHalfToEven(crop * factor);
  const trim = Math.floor((zoomed - size) / 2);
  return axisMap(size, size, (output) => {
    const place = zoomed > 1 ? ((output + trim) * (crop - 1)) / (zoomed - 1) : 0;
    const below = Math.min(Math.floor(place), crop - 1);
    const share = place - below;
    return [
      { input: first + below, weight: 1 - share },
      { input: first + Math.min(below + 1, crop - 1), weight: share },
    ];
  });
}

/** Resizes by Pillow's box filter: the mean of the pixels whose centers lie in an output pixel, or the nearest. */
export function boxMap(outputs: number, inputs: number): AxisMap {
  const scale = inputs / outputs;
  const support = 0.5 * Math.max(scale, 1);
  return axisMap(outputs, inputs, (output) => {
    const center = (output + 0.5) * scale;
    const start = Math.max(Math.floor(center - support + 0.5), 0);
    const end = Math.min(Math.floor(center + support + 0.5), inputs);
    const inside = Array.from({ length: end - start }, (_, i) => start + i).filter((input) => {
      const distance = (input - center + 0.5) / Math.max(scale, 1);
      return distance > -0.5 && distance <= 0.5;
    });
    return inside.map((input) => ({ input, weight: 1 / inside.length }));
  });
}

function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor === 0.5) return floor % 2 === 0 ? floor : floor + 1;
  return Math.round(x);
}
