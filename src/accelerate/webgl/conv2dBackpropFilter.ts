import * as tf from '@tensorflow/tfjs-core';
import { composeKernel } from '../kernels/composeKernel';
import { withOutputOf } from '../kernels/outputOf';
import { filterGradient } from './filterGradient';

/**
 * The gradient of a convolution with respect to its filter:
 *
 *     dW[a, b, c, d] = sum over n, i, j of x[n, s i + a - pad, s j + b - pad, c] dy[n, i, j, d]
 *
 * A fragment makes 2 x 2 weights of two texels, and the sum is split over fragments; tfjs's own is one fragment for
 * each weight, which sums all positions of the batch.
 */
export const conv2dBackpropFilter =
  (stock: tf.KernelFunc): tf.KernelFunc =>
  (call) => {
    const { dataFormat } = call.attrs as unknown as tf.Conv2DBackpropFilterAttrs;
    return dataFormat === 'NCHW' ? stock(call) : ofChannelsLast(call);
  };

const ofChannelsLast = composeKernel<{ x: tf.Tensor4D; dy: tf.Tensor4D }, tf.Conv2DBackpropFilterAttrs>(
  (_, { filterShape }) => filterShape,
  ({ x, dy }, { strides, pad, dimRoundingMode, filterShape }) => {
    const info = withOutputOf(
      tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode),
      dy.shape.slice(1),
    );
    return filterGradient(x, dy, info, 'sum += pixels.xxyy * slopesAt(n, i, j, place.w).xyxy;');
  },
);
