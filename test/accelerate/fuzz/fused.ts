import * as tf from '@tensorflow/tfjs-core';
import type { Random } from 'tfjs-nonsemantic-negatives';
import { activations, toOptions } from './activations';
import { images, sampleSizes } from './convolutions';
import {
  between,
  oneOf,
  type Subject,
  sampleValues,
  toTensor,
  type Values,
  volume,
  withGradients,
  write,
} from './subject';
import { type Channels, derivatives, shapesOf } from './trilinear';
import { type Geometry, sampleGeometry, toArguments } from './windows';

/** A product of two tensors before its bias and activation, and the gradients of a slope. */
interface Product {
  title: object;
  inputs: [Values, Values];
  outShape: number[];
  compute(a: tf.Tensor, b: tf.Tensor, rest: object): tf.Tensor;
  canDifferentiate: boolean;
  forward(): Float64Array;
  backward(slope: Float32Array): Float64Array[];
}

/**
 * A product, its bias and its activation in one: as it runs outside of gradients, where tfjs fuses all of it, and as it
 * runs inside, with its gradients.
 */
function fused(name: string, sampleProduct: (random: Random) => Product): Subject {
  return {
    name,
    sample(random) {
      const product = sampleProduct(random);
      const { inputs, outShape } = product;
      const channels = outShape[outShape.length - 1];
      const activation = oneOf(random, [undefined, ...Object.keys(activations)]);
      const bias = random() < 0.7 ? sampleValues(random, [channels]) : undefined;
      const dy = sampleValues(random, outShape);
      const all = bias ? [...inputs, bias] : inputs;
      const f = (a: tf.Tensor, b: tf.Tensor, bias?: tf.Tensor) =>
        product.compute(a, b, { bias, ...toOptions(activation, channels) });
      return {
        title: write({ ...product.title, activation, isBiased: Boolean(bias) }),
        run() {
          const [a, b, c] = all.map(toTensor);
          return [f(a, b, c), ...(product.canDifferentiate ? withGradients(f as () => tf.Tensor, all, dy) : [])];
        },
        expected() {
          const { of, slope } = activations[activation ?? 'linear'];
          const sums = product.forward().map((sum, i) => sum + (bias ? bias.values[i % channels] : 0));
          const y = sums.map(of);
          if (!product.canDifferentiate) return [y];
          const slopes = dy.values.map((value, i) => value * slope(sums[i]));
          const dBias = new Float64Array(channels);
          slopes.forEach((value, i) => {
            dBias[i % channels] += value;
          });
          return [y, y, ...product.backward(slopes), ...(bias ? [dBias] : [])];
        },
      };
    },
  };
}

const sampleConvolution =
  (isDepthwise: boolean) =>
  (random: Random): Product => {
    const [sizes, limits] = sampleSizes(random, { ...images, side: 17 }, isDepthwise);
    const geometry = sampleGeometry(random, 2, limits);
    const shapes = shapesOf(geometry, sizes);
    const inputs: Product['inputs'] = [sampleValues(random, shapes.image), sampleValues(random, shapes.filter)];
    const by = (slope: Float32Array) =>
      derivatives(geometry, sizes, { image: inputs[0].values, filter: inputs[1].values, output: slope });
    return {
      title: { ...sizes, ...geometry },
      inputs,
      outShape: shapes.output,
      compute: (x, filter, rest) => convolve(sizes, geometry, { x, filter, ...rest }),
      canDifferentiate: geometry.axes.every(({ dilation }) => dilation === 1),
      forward: () => by(new Float32Array(volume(shapes.output))).output,
      backward(slope) {
        const { image, filter } = by(slope);
        return [image, filter];
      },
    };
  };

function convolve({ isDepthwise }: Channels, geometry: Geometry, rest: object): tf.Tensor {
  const { strides, dilations, pad } = toArguments(geometry);
  const convolve = isDepthwise ? tf.fused.depthwiseConv2d : tf.fused.conv2d;
  return convolve({ strides, dilations, pad, ...rest } as Parameters<typeof tf.fused.depthwiseConv2d>[0]);
}

/** A layer of dense units, on vectors or on rows of them. */
function sampleDense(random: Random): Product {
  const size = () => (random() < 0.2 ? between(random, 60, 140) : between(random, 1, 9));
  const [rows, length, columns] = [size(), size(), size()];
  const inputs: Product['inputs'] = [sampleValues(random, [rows, length]), sampleValues(random, [length, columns])];
  const [a, b] = inputs.map(({ values }) => values);
  const multiply = (visit: (y: number, i: number, j: number) => void) => {
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++)
        for (let k = 0; k < length; k++) visit(i * columns + j, i * length + k, k * columns + j);
  };
  return {
    title: { rows, length, columns },
    inputs,
    outShape: [rows, columns],
    compute: (a, b, rest) => tf.fused.matMul({ a, b, ...rest }),
    canDifferentiate: true,
    forward() {
      const sums = new Float64Array(rows * columns);
      multiply((y, i, j) => {
        sums[y] += a[i] * b[j];
      });
      return sums;
    },
    backward(slope) {
      const [da, db] = [new Float64Array(a.length), new Float64Array(b.length)];
      multiply((y, i, j) => {
        da[i] += slope[y] * b[j];
        db[j] += slope[y] * a[i];
      });
      return [da, db];
    },
  };
}

export const fusions: Subject[] = [
  fused('fused convolution', sampleConvolution(false)),
  fused('fused depthwise convolution', sampleConvolution(true)),
  fused('fused product of matrices', sampleDense),
];
