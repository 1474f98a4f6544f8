import * as tf from '@tensorflow/tfjs-core';
import { zerosAround } from './exactPadding';
import { checkOutput } from './outputOf';

/**
 * Leaves a transposed convolution to `stock` once its sizes are seen to agree, with the zeros of each side in place of
 * a number. Where they do not agree cpu's result has no meaning, and it takes filters and strides for square.
 */
export const exactTranspose =
  (stock: tf.KernelFunc): tf.KernelFunc =>
  (call) => {
    const { dy, filter } = call.inputs as { dy: tf.Tensor4D; filter: tf.Tensor4D };
    const { strides, pad, dataFormat, dimRoundingMode, inputShape } =
      call.attrs as unknown as tf.Conv2DBackpropInputAttrs;
    const format = tf.backend_util.convertConv2DDataFormat(dataFormat);
    const info = tf.backend_util.computeConv2DInfo(
      ...([inputShape, filter.shape, strides, 1, pad, dimRoundingMode, false, format] as const),
    );
    const [batch, ...rest] = dy.shape;
    const size = format === 'channelsLast' ? rest : rest.slice(1);
    checkOutput(info, [batch, ...size]);
    if (typeof pad === 'string') return stock(call);
    const exact = { pad: zerosAround(info, size), dimRoundingMode: null } as unknown as tf.NamedAttrMap;
    return stock({ ...call, attrs: { ...call.attrs, ...exact } });
  };
