import * as tf from '@tensorflow/tfjs-core';
import { composeKernel } from './composeKernel';
import { conv2dBackpropFilter } from './conv2dBackpropFilter';
import { conv2dBackpropInput } from './conv2dBackpropInput';
import { asFrames, framesAt, scatterFrames } from './frames';

type Filter = tf.Tensor5D;

/** The gradient of a convolution of volumes with respect to its input, frame by frame of the filter. */
export const conv3dBackpropInput = composeKernel<{ dy: tf.Tensor5D; filter: Filter }, tf.Conv3DBackpropInputV2Attrs>(
  (_, { inputShape }) => inputShape,
  ({ dy, filter }, { strides, pad, inputShape }) => {
    const info = geometry(inputShape, filter.shape, strides, pad);
    const frames = asFrames(dy);
    const [, ...shape] = framesShape(info);
    const attrs = { ...attributes(info, pad), inputShape: [frames.shape[0], ...shape] };
    return scatterFrames(info, (a) => run(conv2dBackpropInput, { dy: frames, filter: filterFrame(filter, a) }, attrs));
  },
);

/** The gradient with respect to the filter, frame by frame of it. */
export const conv3dBackpropFilter = composeKernel<{ x: tf.Tensor5D; dy: tf.Tensor5D }, tf.Conv3DBackpropFilterV2Attrs>(
  (_, { filterShape }) => filterShape,
  ({ x, dy }, { strides, pad, filterShape }) => {
    const info = geometry(x.shape, filterShape, strides, pad);
    const frames = asFrames(dy);
    const attrs = { ...attributes(info, pad), filterShape: filterShape.slice(1) };
    const parts = Array.from({ length: info.filterDepth }, (_, a) =>
      run(conv2dBackpropFilter, { x: framesAt(x, info, a, 0), dy: frames }, attrs),
    );
    return tf.stack(parts);
  },
);

type Info = ReturnType<typeof geometry>;

function geometry(
  inputShape: tf.Tensor5D['shape'],
  filterShape: Filter['shape'],
  strides: number | [number, number, number],
  pad: 'same' | 'valid',
) {
  return tf.backend_util.computeConv3DInfo(inputShape, filterShape, strides, 1, pad);
}

const framesShape = ({ batchSize, outDepth, inHeight, inWidth, inChannels }: Info) => [
  batchSize * outDepth,
  inHeight,
  inWidth,
  inChannels,
];

const attributes = ({ strideHeight, strideWidth }: Info, pad: string) => ({
  strides: [strideHeight, strideWidth],
  pad,
  dataFormat: 'NHWC',
});

const filterFrame = (filter: Filter, a: number): tf.Tensor => {
  const [, ...frame] = filter.shape;
  return tf.reshape(tf.slice(filter, [a, 0, 0, 0, 0], [1, ...frame]), frame);
};

const run = (kernel: tf.KernelFunc, inputs: tf.NamedTensorMap, attrs: object): tf.Tensor =>
  kernel({ inputs, attrs: attrs as tf.NamedAttrMap, backend: tf.backend() }) as tf.Tensor;
