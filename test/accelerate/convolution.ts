import * as tf from '@tensorflow/tfjs-core';

/** A convolution as its kernels receive it. */
export interface Convolution {
  x: [number, number, number, number];
  filter: [number, number, number, number];
  strides: number | [number, number];
  pad: 'same' | 'valid' | number | tf.backend_util.ExplicitPadding;
  dilations?: number | [number, number];
  depthwise?: boolean;
}

export const describeConvolution = ({ x, filter, strides, pad, dilations = 1, depthwise }: Convolution) =>
  `${depthwise ? 'depthwise ' : ''}${x.join('x')} by ${filter.join('x')}, strides ${strides}, ` +
  `dilations ${dilations}, padding ${JSON.stringify(pad)}`;

export const geometry = ({ x, filter, strides, pad, dilations = 1, depthwise = false }: Convolution) =>
  tf.backend_util.computeConv2DInfo(x, filter, strides, dilations, pad, undefined, depthwise);

/**
 * Calls `visit` with the flat places in x, filter and output of every product that the convolution sums: the
 * definition, from which output and both gradients follow.
 */
export function visitProducts(convolution: Convolution, visit: (x: number, filter: number, output: number) => void) {
  const info = geometry(convolution);
  const { inChannels, outChannels } = info;
  const multiplier = convolution.filter[3];
  for (let n = 0; n < info.batchSize; n++)
    for (let i = 0; i < info.outHeight; i++)
      for (let j = 0; j < info.outWidth; j++)
        for (let a = 0; a < info.filterHeight; a++)
          for (let b = 0; b < info.filterWidth; b++) {
            const row = i * info.strideHeight + a * info.dilationHeight - info.padInfo.top;
            const column = j * info.strideWidth + b * info.dilationWidth - info.padInfo.left;
            if (row < 0 || row >= info.inHeight || column < 0 || column >= info.inWidth) continue;
            const pixel = (n * info.inHeight + row) * info.inWidth + column;
            const result = (n * info.outHeight + i) * info.outWidth + j;
            const tap = a * info.filterWidth + b;
            for (let c = 0; c < inChannels; c++)
              for (let d = 0; d < multiplier; d++) {
                const output = result * outChannels + (convolution.depthwise ? c * multiplier + d : d);
                visit(pixel * inChannels + c, (tap * inChannels + c) * multiplier + d, output);
              }
          }
}

/** Runs a kernel of the current backend by its name. */
export function runKernel(name: string, inputs: tf.NamedTensorMap, attributes: object): tf.Tensor {
  return tf.engine().runKernel(name, inputs, attributes as tf.NamedAttrMap) as tf.Tensor;
}
