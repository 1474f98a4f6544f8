import { volume } from './subject';
import { type Geometry, outputSize, visitTaps } from './windows';

/** A convolution's channels, and how many filters they have: in all, or each channel of its own. */
export interface Channels {
  channels: number;
  filters: number;
  isDepthwise: boolean;
}

/** What a convolution is made of; `output` has the shape of what it gives, and of the slope that comes back. */
export type Part = 'image' | 'filter' | 'output';
export type Parts<T> = Record<Part, T>;

export function shapesOf(geometry: Geometry, { channels, filters, isDepthwise }: Channels): Parts<number[]> {
  const { batch, axes } = geometry;
  return {
    image: [batch, ...axes.map(({ input }) => input), channels],
    filter: [...axes.map(({ window }) => window), channels, filters],
    output: [batch, ...outputSize(geometry), isDepthwise ? channels * filters : filters],
  };
}

/**
 * A convolution and its gradients are the derivatives of one sum,
 *
 *     sum over meetings and channels of image filter output,
 *
 * by one of its three parts: by `output` the forward pass, by `image` the gradient of the input, which is a transposed
 * convolution too, and by `filter` the gradient of the filter.
 */
export function derivatives(geometry: Geometry, sizes: Channels, parts: Parts<Float32Array>): Parts<Float64Array> {
  const { channels, filters, isDepthwise } = sizes;
  const { image, filter, output } = parts;
  const shapes = shapesOf(geometry, sizes);
  const zeros = (part: Part) => new Float64Array(volume(shapes[part]));
  const by: Parts<Float64Array> = { image: zeros('image'), filter: zeros('filter'), output: zeros('output') };
  const outChannels = isDepthwise ? channels * filters : filters;
  visitTaps(geometry, (to, tap, from) => {
    for (let c = 0; c < channels; c++) {
      const i = from * channels + c;
      const [j, k] = [(tap * channels + c) * filters, to * outChannels + (isDepthwise ? c * filters : 0)];
      let sum = 0;
      for (let d = 0; d < filters; d++) {
        sum += filter[j + d] * output[k + d];
        by.output[k + d] += image[i] * filter[j + d];
        by.filter[j + d] += image[i] * output[k + d];
      }
      by.image[i] += sum;
    }
  });
  return by;
}
