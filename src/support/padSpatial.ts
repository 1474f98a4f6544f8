import * as tf from '@tensorflow/tfjs-core';

/**
 * Pads height and width of `[N, H, W, C]` by `radius` pixels on each side.
 *
 * @param fill `reflect` continues a b c as c b | a b c, `symmetric` as b a | a b c; a number is a constant border.
 */
export function padSpatial<T extends tf.Tensor4D>(x: T, radius: number, fill: 'reflect' | 'symmetric' | number): T {
  const pads = [0, radius, radius, 0].map((pad): [number, number] => [pad, pad]);
  if (typeof fill === 'number') return tf.pad(x, pads, fill) as T;
  return tf.mirrorPad(x as tf.Tensor, pads, fill) as T;
}
