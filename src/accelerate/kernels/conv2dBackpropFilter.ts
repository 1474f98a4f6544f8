import * as tf from '@tensorflow/tfjs-core';
import { composeKernel } from './composeKernel';
import { withOutputOf } from './outputOf';
import { coverage, padOrCrop } from './padOrCrop';

/**
 * The gradient of a convolution with respect to its filter, as a convolution:
 *
 *     dW[a, b, c, d] = sum over n, i, j of x[n, s i + a - p, s j + b - p, c] dy[n, i, j, d]
 *
 * reads x as C images of N channels and dy as a filter of size Ho x Wo over those N channels, dilated by the stride s.
 */
export const conv2dBackpropFilter = composeKernel<
  tf.Conv2DBackpropFilterInputs & { x: tf.Tensor4D; dy: tf.Tensor4D },
  tf.Conv2DBackpropFilterAttrs
>(
  (_, { filterShape }) => filterShape,
  ({ x, dy }, { strides, pad, dataFormat, dimRoundingMode, filterShape }) => {
    const format = tf.backend_util.convertConv2DDataFormat(dataFormat);
    const channelsLast = format === 'channelsLast';
    const info = withOutputOf(
      tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode, false, format),
      channelsLast ? dy.shape.slice(1) : dy.shape.slice(2),
    );

    // Padded so that the convolution yields exactly the rows and columns of the filter.
    const images = padOrCrop(
      channelsLast ? channelsFirstBatchLast(x) : tf.transpose(x, [1, 2, 3, 0]),
      ...coverage(info),
    );
    const filter: tf.Tensor4D = tf.transpose(dy, channelsLast ? [1, 2, 0, 3] : [2, 3, 0, 1]);
    const gradient = tf.conv2d(images, filter, 1, 'valid', 'NHWC', [info.strideHeight, info.strideWidth]);
    return tf.transpose(gradient, [1, 2, 0, 3]);
  },
);

/** Transposes `[N, H, W, C]` to `[C, H, W, N]` in two steps, together twice as fast on wasm as one of rank 4. */
function channelsFirstBatchLast(x: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const batchLast = tf.transpose(tf.reshape(x, [batch, height * width * channels]));
  const channelsFirst = tf.transpose(tf.reshape(batchLast, [height * width, channels, batch]), [1, 0, 2]);
  return tf.reshape(channelsFirst, [channels, height, width, batch]);
}
