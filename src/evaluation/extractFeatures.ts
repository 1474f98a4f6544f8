import * as tf from '@tensorflow/tfjs-core';
import type * as tfd from '@tensorflow/tfjs-data';
import type * as tfl from '@tensorflow/tfjs-layers';
import { checkBatch, checkEncoder } from '../support/checkModel';
import { ArgumentError, checkNames, checkNumber, checkTensor, checkText, describe } from '../support/errors';
import { isDataset } from '../support/isDataset';

/** One feature vector and one label for each image. Free both with `tf.dispose(features)`. */
export type Features = {
  /** float32 `[N, D]`. */
  features: tf.Tensor2D;
  /** int32 `[N]`. */
  labels: tf.Tensor1D;
};

/** Options of `extractFeatures`. */
export interface ExtractFeaturesArgs {
  /** Images that pass through the encoder at once; a larger batch of the data is cut, a smaller one is not filled. @default 128 */
  batchSize?: number;

  /** Which entry of `xs` holds the images, where `xs` has several. @default the only entry, or the one named `image` */
  input?: string;
}

/** Where images come from: a dataset of batches, or one batch. */
export type ImageBatches = tfd.Dataset<tf.TensorContainer> | tf.Tensor4D | { xs: tf.TensorContainer; ys?: tf.Tensor };

/**
 * Runs an encoder in inference mode over all images and keeps the outputs.
 *
 * @param encoder A model of one input and one output `[null, D]`, such as the backbone below a projection head. None of
 *   its weights change.
 * @param source A dataset whose elements are batches, `[N, H, W, C]` or `{ xs, ys }`, or one such batch. `ys` are class
 *   numbers `[N]` or `[N, 1]`, or one-hot rows `[N, classes]`; without them every label is 0. Batches of a dataset are
 *   disposed, a batch passed in directly is the caller's.
 * @throws ArgumentError if the encoder, an element or an option is not as described.
 */
export async function extractFeatures(
  encoder: tfl.LayersModel,
  source: ImageBatches,
  options: ExtractFeaturesArgs = {},
): Promise<Features> {
  checkNames('extractFeatures', options, ['batchSize', 'input']);
  const batchSize = checkNumber('batchSize', options.batchSize ?? 128, { min: 1, integer: true });
  if (options.input !== undefined) checkText('input', options.input);
  checkEncoder('input encoder', encoder);
  const encode = (element: tf.TensorContainer): Features =>
    tf.tidy(() => {
      const { xs, ys } = isPair(element) ? element : { xs: element, ys: undefined };
      const images = checkBatch('input source', imagesOf(xs, options.input), encoder);
      const labels = labelsOf(ys, images.shape[0]);
      return { features: encoder.predict(images, { batchSize }) as tf.Tensor2D, labels };
    });

  if (!isDataset(source)) return encode(source);
  const parts: Features[] = [];
  try {
    const batches = await source.iterator();
    for (let next = await batches.next(); !next.done; next = await batches.next()) {
      try {
        parts.push(encode(next.value));
      } finally {
        tf.dispose(next.value);
      }
    }
    if (parts.length === 0) throw new ArgumentError('input source', 'at least one batch', 'an empty dataset');
    return {
      features: tf.concat(parts.map((part) => part.features)),
      labels: tf.concat(parts.map((part) => part.labels)),
    };
  } finally {
    for (const { features, labels } of parts) tf.dispose([features, labels]);
  }
}

function isPair(element: tf.TensorContainer): element is { xs: tf.TensorContainer; ys: tf.TensorContainer } {
  return typeof element === 'object' && element !== null && !(element instanceof tf.Tensor) && 'xs' in element;
}

function imagesOf(xs: tf.TensorContainer, input: string | undefined): tf.Tensor {
  if (!(xs instanceof tf.Tensor) && typeof xs === 'object' && xs !== null) {
    const entries = xs as Record<string, tf.TensorContainer>;
    const names = Object.keys(entries);
    const name = input ?? (names.length === 1 ? names[0] : 'image');
    if (!names.includes(name)) throw new ArgumentError('option input', `one of ${names.join(', ')}`, describe(input));
    return entries[name] as tf.Tensor;
  }
  return xs as tf.Tensor;
}

/** Class numbers, int32 `[N]`, of labels in any of the forms that `extractFeatures` takes. */
export function labelsOf(ys: tf.TensorContainer, count: number): tf.Tensor1D {
  if (ys === undefined || ys === null) return tf.zeros([count], 'int32');
  const expected = `labels [${count}], [${count}, 1] or [${count}, classes]`;
  const fits = ({ rank, shape, size }: tf.Tensor) => (rank === 1 || rank === 2) && shape[0] === count && size > 0;
  const labels = checkTensor('input ys', ys as tf.Tensor, expected, fits);
  if (labels.size === count) return tf.cast(tf.reshape(labels, [count]), 'int32');
  return tf.argMax(labels, 1) as tf.Tensor1D;
}
