import * as tf from '@tensorflow/tfjs-core';
import { composeKernel } from './composeKernel';
import { withOutputOf } from './outputOf';

interface Inputs {
  x: tf.Tensor4D;
  dy: tf.Tensor4D;
}

/** Computes the gradient of a filter, channels last, from the geometry of its convolution. */
type Compute = (x: tf.Tensor4D, dy: tf.Tensor4D, info: tf.backend_util.Conv2DInfo) => tf.Tensor;

/** Makes the kernel of a convolution's filter gradient; channels first are left to the stock one. */
export function composeFilterGradient(compute: Compute): (stock: tf.KernelFunc) => tf.KernelFunc {
  const ofChannelsLast = composeKernel<Inputs, tf.Conv2DBackpropFilterAttrs>(
    (_, { filterShape }) => filterShape,
    ({ x, dy }, { strides, pad, dimRoundingMode, filterShape }) => {
      const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode);
      return compute(x, dy, withOutputOf(info, dy.shape.slice(1)));
    },
  );
  return (stock) => (call) => {
    const { dataFormat } = call.attrs as unknown as tf.Conv2DBackpropFilterAttrs;
    return dataFormat === 'NCHW' ? stock(call) : ofChannelsLast(call);
  };
}

/** Makes the kernel of a depthwise convolution's filter gradient. */
export function composeDepthwiseFilterGradient(compute: Compute): tf.KernelFunc {
  return composeKernel<Inputs, tf.DepthwiseConv2dNativeBackpropFilterAttrs>(
    (_, { filterShape }) => filterShape,
    ({ x, dy }, { strides, dilations, pad, dimRoundingMode, filterShape }) => {
      const args = [x.shape, filterShape, strides, dilations, pad, dimRoundingMode, true] as const;
      return compute(x, dy, withOutputOf(tf.backend_util.computeConv2DInfo(...args), dy.shape.slice(1)));
    },
  );
}
