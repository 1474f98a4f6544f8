import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError, describe } from '../support/errors';
import type { Features } from './extractFeatures';

/** Returns `value` if it is a matrix of at least one row. @throws ArgumentError otherwise. */
export function checkEmbeddings(input: string, value: unknown): tf.Tensor2D {
  if (value instanceof tf.Tensor && value.rank === 2 && value.shape[0] > 0) return value as tf.Tensor2D;
  throw new ArgumentError(`input ${input}`, 'a tensor of shape [N, D], N above 0', describe(value));
}

/** Returns both matrices if their rows are equally wide. @throws ArgumentError otherwise. */
export function checkSameWidth(inputs: [string, string], a: unknown, b: unknown): [tf.Tensor2D, tf.Tensor2D] {
  const first = checkEmbeddings(inputs[0], a);
  const second = checkEmbeddings(inputs[1], b);
  if (first.shape[1] === second.shape[1]) return [first, second];
  throw new ArgumentError(
    `input ${inputs[1]}`,
    `rows of ${first.shape[1]} values, as in ${inputs[0]}`,
    describe(second),
  );
}

/** Returns `value` if it is a matrix of features with one label a row. @throws ArgumentError otherwise. */
export function checkFeatures(input: string, value: Features): Features {
  const features = checkEmbeddings(`${input}.features`, value?.features);
  const { labels } = value;
  if (labels instanceof tf.Tensor && labels.rank === 1 && labels.size === features.shape[0]) return value;
  throw new ArgumentError(`input ${input}.labels`, `a tensor of shape [${features.shape[0]}]`, describe(labels));
}
