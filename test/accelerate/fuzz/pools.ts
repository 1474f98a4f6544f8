import * as tf from '@tensorflow/tfjs-core';
import type { Random } from 'tfjs-nonsemantic-negatives';
import { between, oneOf, type Subject, sampleValues, volume, withGradients, write } from './subject';
import { type Geometry, type Limits, outputSize, sampleGeometry, toArguments, visitTaps } from './windows';

declare const BACKEND: string;

/** The share of a window's value that each of its pixels has, by channel. */
type Shares = (window: number[], x: Float32Array, channels: number, channel: number) => (number | undefined)[];

const average: Shares = (window) => window.map(() => 1 / window.length);

/** All of it to the first maximum. */
const firstMax: Shares = (window, x, channels, channel) => {
  let best = 0;
  window.forEach((pixel, i) => {
    if (x[pixel * channels + channel] > x[window[best] * channels + channel]) best = i;
  });
  return window.map((_, i) => (i === best ? 1 : 0));
};

/** Also values that are all negative, all zero, or alike, of which a window's first one counts. */
const disguises: ((value: number) => number)[] = [
  (value) => value,
  (value) => -Math.abs(value) - 0.01,
  (value) => Math.max(0, value),
  (value) => Math.round(2 * value),
];

type Pool = (x: tf.Tensor, geometry: Geometry) => tf.Tensor;

const limits: Record<number, Limits> = {
  2: { ...{ batch: 4, side: 17, window: 5, stride: 4 }, pads: ['same', 'valid', 'number', 'explicit'], rounding: true },
  // With gaps tfjs-core gives volumes a negative `same` padding: docs/backends.md.
  3: { ...{ batch: 4, side: 6, window: 3, stride: 4, gaps: false }, pads: ['same', 'valid', 'number'], rounding: true },
};

/** A pool has no value where a window lies outside the image, as wide paddings and rounding make them. */
function sampleWindows(random: Random, spatialAxes: number): { geometry: Geometry; windows: number[][] } {
  const geometry = sampleGeometry(random, spatialAxes, limits[spatialAxes]);
  const windows: number[][] = Array.from({ length: geometry.batch * volume(outputSize(geometry)) }, () => []);
  visitTaps(geometry, (output, _, input) => windows[output].push(input));
  return windows.every(({ length }) => length > 0) ? { geometry, windows } : sampleWindows(random, spatialAxes);
}

function poolSubject(name: string, spatialAxes: number, shares: Shares, pool: Pool): Subject {
  return {
    name,
    sample(random) {
      const { geometry, windows } = sampleWindows(random, spatialAxes);
      const channels = between(random, 1, 9);
      const x = sampleValues(random, [geometry.batch, ...geometry.axes.map(({ input }) => input), channels]);
      const dy = sampleValues(random, [geometry.batch, ...outputSize(geometry), channels]);
      // Of equals, shaders choose differently: any is a subgradient.
      const isFirst = !BACKEND.startsWith('webg');
      const disguise = oneOf(random, isFirst ? disguises : disguises.slice(0, 2));
      x.values.forEach((value, i) => {
        x.values[i] = disguise(value);
      });
      return {
        title: write({ channels, values: String(disguise), ...geometry }),
        run: () => withGradients((x) => pool(x, geometry), [x], dy),
        expected() {
          const [y, dx] = [new Float64Array(dy.values.length), new Float64Array(x.values.length)];
          windows.forEach((window, output) => {
            for (let c = 0; c < channels; c++)
              shares(window, x.values, channels, c).forEach((share, i) => {
                y[output * channels + c] += share! * x.values[window[i] * channels + c];
                dx[window[i] * channels + c] += share! * dy.values[output * channels + c];
              });
          });
          return [y, dx];
        },
      };
    },
  };
}

const of =
  (pool: typeof tf.maxPool | typeof tf.maxPool3d): Pool =>
  (x, geometry) => {
    const { windows, strides, pad } = toArguments(geometry);
    return (pool as typeof tf.maxPool)(x as tf.Tensor4D, windows, strides, pad, geometry.rounding);
  };

export const pools: Subject[] = [
  poolSubject('max pooling', 2, firstMax, of(tf.maxPool)),
  poolSubject('average pooling', 2, average, of(tf.avgPool)),
  poolSubject('3-D max pooling', 3, firstMax, of(tf.maxPool3d)),
  poolSubject('3-D average pooling', 3, average, of(tf.avgPool3d)),
];
