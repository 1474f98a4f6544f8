import * as tf from '@tensorflow/tfjs-core';
import type * as tfd from '@tensorflow/tfjs-data';
import type * as tfl from '@tensorflow/tfjs-layers';
import { checkFinite } from '../support/checkFinite';
import { checkBatch, checkEncoder } from '../support/checkModel';
import { ArgumentError, describe } from '../support/errors';
import { forEachElement } from '../support/forEachElement';
import { integer, optional, readOptions, text } from '../support/options';
import { pairOf } from './pairOf';
import { readLabels } from './readLabels';

/** One feature vector and one label for each image. Free both with `tf.dispose(features)`. */
export type Features = {
  /** float32 `[N, D]`. */
  features: tf.Tensor2D;
  /** int32 `[N]`. */
  labels: tf.Tensor1D;
};

/** How `extractFeatures` runs the encoder. */
export interface ExtractFeaturesArgs {
  /**
   * Images in one call of the encoder; larger batches of the data are cut, smaller ones are not filled. @default 128
   */
  batchSize?: number;

  /** The entry of `xs` that holds the images. @default the only entry, or the one named `image` */
  input?: string;
}

export const extractFeaturesOptions = { batchSize: integer({ min: 1, default: 128 }), input: optional(text()) };

/** Images: a dataset of batches, or one batch. */
export type ImageBatches = tfd.Dataset<tf.TensorContainer> | tf.Tensor4D | { xs: tf.TensorContainer; ys?: tf.Tensor };

/**
 * Runs an encoder in inference mode over all images and keeps the outputs.
 *
 * @param encoder A model of one input and one output `[null, D]`, such as the backbone below a projection head. None of
 *   its weights change.
 * @param source A dataset whose elements are batches, `[N, H, W, C]` or `{ xs, ys }`, or one such batch. `ys` are class
 *   numbers `[N]` or `[N, 1]`, or one-hot rows `[N, classes]`; without them every label is 0. Batches of a dataset are
 *   disposed, a batch passed in directly is the caller's.
 * @throws ArgumentError if the encoder, an element or an option is not as described, and if a feature is NaN or
 * infinite.
 */
export async function extractFeatures(
  encoder: tfl.LayersModel,
  source: ImageBatches,
  args: ExtractFeaturesArgs = {},
): Promise<Features> {
  const { batchSize, input } = readOptions('extractFeatures', args, extractFeaturesOptions);
  checkEncoder('input encoder', encoder);
  const parts: tf.Tensor2D[] = [];
  const labels: number[][] = [];
  try {
    await forEachElement('input source', source, async (element) => {
      const { xs, ys } = pairOf(element);
      const images = checkBatch('input source', imagesOf(xs, input), encoder);
      labels.push(await readLabels(ys, images.shape[0]));
      parts.push(tf.tidy(() => encoder.predict(images, { batchSize }) as tf.Tensor2D));
    });
    const features = tf.concat(parts);
    await checkFinite(
      'the features of input encoder',
      features,
      'The encoder has diverged, or its images hold NaN.',
    ).catch((error) => {
      features.dispose();
      throw error;
    });
    return { features, labels: tf.tensor1d(labels.flat(), 'int32') };
  } finally {
    tf.dispose(parts);
  }
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
