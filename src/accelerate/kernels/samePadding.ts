import * as tf from '@tensorflow/tfjs-core';
import { coverage, padOrCrop } from './padOrCrop';

interface Attributes {
  strides: number | [number, number];
  pad: string | number | tf.backend_util.ExplicitPadding;
  dilations?: number | [number, number] | null;
  dataFormat?: 'NHWC' | 'NCHW';
}

/**
 * Convolves with padding `same` on wasm also where the strides are larger than the filter, and so leave pixels out.
 *
 * The stock kernel reckons with a negative padding there, and leaves outputs 0. The image is padded or cropped to what
 * the windows cover, and convolved as `valid`.
 */
export const samePadding =
  (isDepthwise: boolean) =>
  (stock: tf.KernelFunc): tf.KernelFunc =>
  (call) => {
    const { x, filter } = call.inputs as { x: tf.Tensor4D; filter: tf.Tensor4D };
    const { strides, pad, dilations, dataFormat } = call.attrs as unknown as Attributes;
    if (pad !== 'same' || dataFormat === 'NCHW') return stock(call);
    const info = tf.backend_util.computeConv2DInfo(
      ...([x.shape, filter.shape, strides, dilations ?? 1, 'same', undefined, isDepthwise] as const),
    );
    const [rows, columns] = coverage(info);
    if (rows.size >= info.inHeight && columns.size >= info.inWidth) return stock(call);
    return tf.tidy(() => {
      const covered = padOrCrop(x, rows, columns);
      return stock({
        ...call,
        inputs: { ...call.inputs, x: covered },
        attrs: { ...call.attrs, pad: 'valid' },
      }) as tf.Tensor;
    });
  };
