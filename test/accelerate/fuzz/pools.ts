import * as tf from '@tensorflow/tfjs-core';
import { between, type Subject, values, volume, withGradients, write } from './subject';
import { type Geometry, outputSize, sampleGeometry, visitTaps } from './windows';

/** The share of a window's value that each of its pixels has, by channel. */
type Shares = (window: number[], x: Float32Array, channels: number, channel: number) => (number | undefined)[];

const average: Shares = (window) => window.map(() => 1 / window.length);

/** All of it to the first greatest one. */
const greatest: Shares = (window, x, channels, channel) => {
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

function poolSubject(
  name: string,
  spatialAxes: number,
  shares: Shares,
  pool: (x: tf.Tensor, geometry: Geometry) => tf.Tensor,
): Subject {
  return {
    name,
    sample(random) {
      const geometry = sampleGeometry(random, spatialAxes, {
        batch: 4,
        side: spatialAxes === 2 ? 17 : 6,
        window: spatialAxes === 2 ? 5 : 3,
        stride: 4,
        dilation: 1,
        gaps: spatialAxes === 2, // With gaps tfjs-core gives volumes a negative `same` padding: docs/backends.md.
      });
      const channels = between(random, 1, 9);
      const xShape = [geometry.batch, ...geometry.axes.map(({ input }) => input), channels];
      const yShape = [geometry.batch, ...outputSize(geometry), channels];
      // Of equals, backends choose differently in volumes: any is a subgradient.
      const disguise = disguises[between(random, 0, spatialAxes === 2 ? disguises.length - 1 : 1)];
      const x = values(random, volume(xShape)).map(disguise);
      const dy = values(random, volume(yShape));
      return {
        title: write({ channels, values: String(disguise), ...geometry }),
        run: () =>
          withGradients((x) => pool(x, geometry), [{ values: x, shape: xShape }], { values: dy, shape: yShape }),
        expected() {
          const windows: number[][] = Array.from({ length: volume(yShape) / channels }, () => []);
          visitTaps(geometry, (output, _, input) => windows[output].push(input));
          const [y, dx] = [new Float64Array(dy.length), new Float64Array(x.length)];
          windows.forEach((window, output) => {
            for (let c = 0; c < channels; c++)
              shares(window, x, channels, c).forEach((share, i) => {
                y[output * channels + c] += share! * x[window[i] * channels + c];
                dx[window[i] * channels + c] += share! * dy[output * channels + c];
              });
          });
          return [y, dx];
        },
      };
    },
  };
}

const sizesOf = ({ axes }: Geometry) => axes.map(({ window }) => window) as [number, number];
const stridesOf = ({ axes }: Geometry) => axes.map(({ stride }) => stride) as [number, number];

export const pools: Subject[] = [
  poolSubject('max pooling', 2, greatest, (x, g) => tf.maxPool(x as tf.Tensor4D, sizesOf(g), stridesOf(g), g.pad)),
  poolSubject('average pooling', 2, average, (x, g) => tf.avgPool(x as tf.Tensor4D, sizesOf(g), stridesOf(g), g.pad)),
  poolSubject('3-D max pooling', 3, greatest, (x, g) =>
    tf.maxPool3d(x as tf.Tensor5D, sizesOf(g) as never, stridesOf(g) as never, g.pad),
  ),
  poolSubject('3-D average pooling', 3, average, (x, g) =>
    tf.avgPool3d(x as tf.Tensor5D, sizesOf(g) as never, stridesOf(g) as never, g.pad),
  ),
];
