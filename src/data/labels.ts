import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError, describe } from '../support/errors';

/** A label: a tensor, or what tf.data's `batch` makes one of, such as a class number or a one-hot list. */
export type Label = tf.Tensor | number | number[] | Float32Array | Int32Array | Uint8Array;

/** Returns the tensor that tf.data's own `batch` makes of a label. @throws ArgumentError for anything but a label. */
export function labelTensor(subject: string, label: Label): tf.Tensor {
  if (label instanceof tf.Tensor) return label;
  if (typeof label === 'number' || Array.isArray(label) || ArrayBuffer.isView(label)) {
    const tensor = tf.tensor(label);
    // tfjs does not notice rows of different lengths.
    const isEven = tensor.size === tf.util.flatten(label as number[]).length;
    if (isEven && ['float32', 'int32'].includes(tensor.dtype)) return tensor;
  }
  throw new ArgumentError(subject, 'a tensor, a number or an array of numbers', describe(label));
}
