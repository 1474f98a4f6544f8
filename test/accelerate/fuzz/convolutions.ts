import * as tf from '@tensorflow/tfjs-core';
import type { Random } from 'tfjs-nonsemantic-negatives';
import { between, type Subject, sampleValues, toTensor, type Values, withGradients, write } from './subject';
import { type Channels, derivatives, type Part, type Parts, shapesOf } from './trilinear';
import { type Geometry, type Limits, sampleGeometry, toArguments } from './windows';

/** Images with each padding; and volumes, of which tfjs pads by name only. */
export const images: Limits = {
  ...{ batch: 5, side: 33, window: 7, stride: 4, dilation: 3 },
  pads: ['same', 'same', 'valid', 'valid', 'number', 'explicit'],
};
// With gaps tfjs-core gives volumes a negative `same` padding: docs/backends.md.
const volumes: Limits = { batch: 3, side: 6, window: 3, stride: 3, gaps: false };

/** Channels in and out; now and then as many as in the last stages of an encoder, on small images. */
export function sampleSizes(random: Random, limits: Limits, isDepthwise = false): [Channels, Limits] {
  if (isDepthwise) {
    const filters = random() < 0.6 ? 1 : between(random, 2, 4);
    return [{ channels: between(random, 1, 17), filters, isDepthwise }, limits];
  }
  const few = () => between(random, 1, 17);
  const many = () => between(random, 60, 300);
  const isWide = random() < 0.1;
  const count = isWide ? many : few;
  const sizes = { channels: count(), filters: count(), isDepthwise };
  return [sizes, isWide ? { ...limits, batch: 3, side: 5, window: Math.min(3, limits.window) } : limits];
}

interface ConvolutionCall {
  geometry: Geometry;
  outShape: number[];
  /** Whether what may be left out is: dilations, or the batch of a single image. */
  isShort: boolean;
}

interface Convolution {
  name: string;
  spatialAxes?: number;
  limits?: Limits;
  isDepthwise?: boolean;
  /** What is computed, the other two parts being the inputs. @default output, of image and filter */
  gives?: Part;
  /** @default true */
  hasGradients?: boolean;
  compute(first: tf.Tensor, filter: tf.Tensor, call: ConvolutionCall): tf.Tensor;
}

/** Forward, and the gradients where tfjs has some: of dilations it has none. */
function convolution({
  name,
  spatialAxes = 2,
  limits = images,
  isDepthwise,
  gives = 'output',
  hasGradients = true,
  compute,
}: Convolution): Subject {
  const given: Part[] = gives === 'output' ? ['image', 'filter'] : ['output', 'filter'];
  return {
    name,
    sample(random) {
      const [sizes, sampled] = sampleSizes(random, limits, isDepthwise);
      const geometry = sampleGeometry(random, spatialAxes, sampled);
      const shapes = shapesOf(geometry, sizes);
      const parts: Parts<Values> = {
        image: sampleValues(random, shapes.image),
        filter: sampleValues(random, shapes.filter),
        output: sampleValues(random, shapes.output),
      };
      const call = { geometry, outShape: shapes[gives], isShort: random() < 0.5 };
      const f = (first: tf.Tensor, filter: tf.Tensor) => compute(first, filter, call);
      const inputs = given.map((part) => parts[part]);
      const isForward = !hasGradients || geometry.axes.some(({ dilation }) => dilation > 1);
      return {
        title: write({ ...sizes, ...call }),
        run: () => (isForward ? [f(toTensor(inputs[0]), toTensor(inputs[1]))] : withGradients(f, inputs, parts[gives])),
        expected() {
          const { image, filter, output } = parts;
          const numbers = { image: image.values, filter: filter.values, output: output.values };
          const by = derivatives(geometry, sizes, numbers);
          return (isForward ? [gives] : [gives, ...given]).map((part) => by[part]);
        },
      };
    },
  };
}

/** A single image may come without its batch. */
function unbatched(x: tf.Tensor, { geometry, isShort }: ConvolutionCall, f: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
  if (geometry.batch !== 1 || !isShort) return f(x);
  return tf.expandDims(f(tf.squeeze(x, [0])), 0);
}

const conv2d: Convolution['compute'] = (x, filter, call) => {
  const { strides, dilations, pad } = toArguments(call.geometry);
  const { rounding } = call.geometry;
  return unbatched(x, call, (x) =>
    tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad, 'NHWC', dilations, rounding),
  );
};

/** `dilations: null`, as the layer passes it, where there are none. */
const depthwise: Convolution['compute'] = (x, filter, call) => {
  const { strides, dilations, pad } = toArguments(call.geometry);
  const given = call.isShort && dilations.every((rate) => rate === 1) ? null : dilations;
  return unbatched(x, call, (x) =>
    tf.depthwiseConv2d(
      ...([
        x as tf.Tensor4D,
        filter as tf.Tensor4D,
        strides,
        pad as 'same',
        'NHWC',
        given!,
        call.geometry.rounding,
      ] as const),
    ),
  );
};

const conv2dTranspose: Convolution['compute'] = (x, filter, { geometry, outShape }) => {
  const { strides, pad } = toArguments(geometry);
  const shape = outShape as [number, number, number, number];
  return tf.conv2dTranspose(x as tf.Tensor4D, filter as tf.Tensor4D, shape, strides, pad, geometry.rounding);
};

/** Which backends other than cpu refuse. */
const channelsFirst: Convolution['compute'] = (x, filter, { geometry }) => {
  const { strides, dilations, pad } = toArguments(geometry);
  // What pads the channels pads the first axis of an image then.
  const turned = typeof pad === 'object' ? [pad[0], pad[3], pad[1], pad[2]] : pad;
  const first = tf.transpose(x as tf.Tensor4D, [0, 3, 1, 2]);
  const y = tf.conv2d(first, filter as tf.Tensor4D, strides, turned as 'same', 'NCHW', dilations, geometry.rounding);
  return tf.transpose(y, [0, 2, 3, 1]);
};

const conv3d: Convolution['compute'] = (x, filter, call) => {
  const { strides, pad } = toArguments(call.geometry);
  return unbatched(x, call, (x) => tf.conv3d(x as tf.Tensor5D, filter as tf.Tensor5D, strides as never, pad as 'same'));
};

const conv3dTranspose: Convolution['compute'] = (x, filter, { geometry, outShape }) => {
  const { strides, pad } = toArguments(geometry);
  return tf.conv3dTranspose(
    ...([x, filter, outShape, strides, pad] as unknown as Parameters<typeof tf.conv3dTranspose>),
  );
};

const undilated: Limits = { ...images, dilation: 1 };

export const convolutions: Subject[] = [
  { name: 'convolution', limits: { ...images, rounding: true }, compute: conv2d },
  { name: '1x1 convolution', limits: { ...undilated, window: 1 }, compute: conv2d },
  { name: 'convolution with channels first', compute: channelsFirst },
  { name: 'depthwise convolution', isDepthwise: true, compute: depthwise },
  { name: 'transposed convolution', limits: undilated, gives: 'image' as const, compute: conv2dTranspose },
  { name: '3-D convolution', spatialAxes: 3, limits: volumes, compute: conv3d },
  {
    name: '3-D transposed convolution',
    spatialAxes: 3,
    limits: volumes,
    gives: 'image' as const,
    hasGradients: false,
    compute: conv3dTranspose,
  },
].map(convolution);
