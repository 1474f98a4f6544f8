import * as tf from '@tensorflow/tfjs-core';
import type { Random } from 'tfjs-nonsemantic-negatives';
import { between, type Subject, values, volume, withGradients, write } from './subject';
import { type Geometry, type Largest, outputSize, sampleGeometry, visitTaps } from './windows';

type Convolve = (x: tf.Tensor, filter: tf.Tensor, geometry: Geometry) => tf.Tensor;

const sizes: Largest = { batch: 5, side: 33, window: 7, stride: 4, dilation: 3, numericPad: true };

/** Channels in and out; now and then as many as in the last stages of an encoder, on small images. */
function sampleChannels(random: Random, largest: Largest): [number, number, Largest] {
  if (random() < 0.9) return [between(random, 1, 17), between(random, 1, 17), largest];
  const many = () => between(random, 60, 300);
  return [many(), many(), { ...largest, batch: 3, side: 5, window: 3 }];
}

/** Forward, and the gradients where there is no dilation, of which tfjs has none. */
function convolutionSubject(name: string, spatialAxes: number, largest: Largest, convolve: Convolve): Subject {
  return {
    name,
    sample(random) {
      const [channels, filters, limits] = sampleChannels(random, largest);
      const geometry = sampleGeometry(random, spatialAxes, limits);
      const { batch, axes } = geometry;
      const xShape = [batch, ...axes.map(({ input }) => input), channels];
      const filterShape = [...axes.map(({ window }) => window), channels, filters];
      const yShape = [batch, ...outputSize(geometry), filters];
      const [x, filter, dy] = [xShape, filterShape, yShape].map((shape) => values(random, volume(shape)));
      const isDilated = axes.some(({ dilation }) => dilation > 1);
      const inputs = [
        { values: x, shape: xShape },
        { values: filter, shape: filterShape },
      ];
      return {
        title: write({ channels, filters, ...geometry }),
        run() {
          const f = (x: tf.Tensor, filter: tf.Tensor) => convolve(x, filter, geometry);
          if (isDilated) return [f(tf.tensor(x, xShape), tf.tensor(filter, filterShape))];
          return withGradients(f, inputs, { values: dy, shape: yShape });
        },
        expected() {
          const [y, dx, dFilter] = [yShape, xShape, filterShape].map((shape) => new Float64Array(volume(shape)));
          visitTaps(geometry, (output, tap, input) => {
            for (let c = 0; c < channels; c++) {
              const from = (tap * channels + c) * filters;
              const pixel = x[input * channels + c];
              let sum = 0;
              for (let d = 0; d < filters; d++) {
                const slope = dy[output * filters + d];
                y[output * filters + d] += pixel * filter[from + d];
                sum += slope * filter[from + d];
                dFilter[from + d] += pixel * slope;
              }
              dx[input * channels + c] += sum;
            }
          });
          return isDilated ? [y] : [y, dx, dFilter];
        },
      };
    },
  };
}

const pairs = ({ axes, pad }: Geometry) => ({
  strides: axes.map(({ stride }) => stride) as [number, number],
  dilations: axes.map(({ dilation }) => dilation) as [number, number],
  pad,
});

const conv2d: Convolve = (x, filter, geometry) => {
  const { strides, dilations, pad } = pairs(geometry);
  return tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad, 'NHWC', dilations);
};

const conv3d: Convolve = (x, filter, { axes, pad }) =>
  tf.conv3d(
    x as tf.Tensor5D,
    filter as tf.Tensor5D,
    axes.map(({ stride }) => stride) as [number, number, number],
    pad as 'same' | 'valid',
  );

/** Each channel by itself; `dilations: null`, as the layer passes it, where there are none. */
const depthwise: Subject = {
  name: 'depthwise convolution',
  sample(random) {
    const channels = between(random, 1, 17);
    const multiplier = random() < 0.6 ? 1 : between(random, 2, 4);
    const geometry = sampleGeometry(random, 2, sizes);
    const { batch, axes } = geometry;
    const { strides, dilations, pad } = pairs(geometry);
    const isDilated = dilations.some((dilation) => dilation > 1);
    const given = isDilated || random() < 0.3 ? dilations : null;
    const xShape = [batch, ...axes.map(({ input }) => input), channels];
    const filterShape = [...axes.map(({ window }) => window), channels, multiplier];
    const yShape = [batch, ...outputSize(geometry), channels * multiplier];
    const [x, filter, dy] = [xShape, filterShape, yShape].map((shape) => values(random, volume(shape)));
    const f = (x: tf.Tensor, filter: tf.Tensor) =>
      tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad, 'NHWC', given as [number, number]);
    const inputs = [
      { values: x, shape: xShape },
      { values: filter, shape: filterShape },
    ];
    return {
      title: write({ channels, multiplier, given, ...geometry }),
      run: () =>
        isDilated
          ? [f(tf.tensor(x, xShape), tf.tensor(filter, filterShape))]
          : withGradients(f, inputs, { values: dy, shape: yShape }),
      expected() {
        const [y, dx, dFilter] = [yShape, xShape, filterShape].map((shape) => new Float64Array(volume(shape)));
        visitTaps(geometry, (output, tap, input) => {
          for (let c = 0; c < channels; c++)
            for (let m = 0; m < multiplier; m++) {
              const [i, j, k] = [
                input * channels + c,
                (tap * channels + c) * multiplier + m,
                (output * channels + c) * multiplier + m,
              ];
              y[k] += x[i] * filter[j];
              dx[i] += dy[k] * filter[j];
              dFilter[j] += x[i] * dy[k];
            }
        });
        return isDilated ? [y] : [y, dx, dFilter];
      },
    };
  },
};

export const convolutions: Subject[] = [
  convolutionSubject('convolution', 2, sizes, conv2d),
  convolutionSubject('1x1 convolution', 2, { ...sizes, window: 1, dilation: 1 }, conv2d),
  depthwise,
  convolutionSubject(
    '3-D convolution',
    3,
    { batch: 3, side: 6, window: 3, stride: 3, dilation: 1, gaps: false },
    conv3d,
  ),
];
