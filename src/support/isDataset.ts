import type * as tf from '@tensorflow/tfjs-core';
import type * as tfd from '@tensorflow/tfjs-data';

/** Tells whether `source` is a `tf.data.Dataset`, of whichever copy of tfjs-data. */
export function isDataset(source: unknown): source is tfd.Dataset<tf.TensorContainer> {
  return typeof (source as Partial<tfd.Dataset<tf.TensorContainer>>)?.iterator === 'function';
}
