import * as tf from '@tensorflow/tfjs-core';
import { LayersModel } from '@tensorflow/tfjs-layers';
import { checkFinite } from '../../support/checkFinite';
import { checkBatch, checkEncoder } from '../../support/checkModel';
import { ArgumentError, describe } from '../../support/errors';

/**
 * A model of one input and one output `[null, D]`, or a function from raw images, float32 in 0 … 1, to features `[N,
 * D]`.
 */
export type Encoder = LayersModel | ((images: tf.Tensor4D) => tf.Tensor2D);

/** How an encoder is run. */
export interface EmbedArgs {
  /** As error messages call the encoder. */
  name: string;
  preprocess: (images: tf.Tensor4D) => tf.Tensor4D;
  batchSize: number;
}

/**
 * Embeds images that are made a batch at a time.
 *
 * @param what As error messages call the images.
 * @param make The images from `start`, `size` of them.
 * @throws ArgumentError if a feature is not finite, or the encoder does not return one row of features an image.
 */
export async function embedInBatches(
  encoder: Encoder,
  { name, preprocess, batchSize }: EmbedArgs,
  { what, count, make }: { what: string; count: number; make: (start: number, size: number) => tf.Tensor4D },
): Promise<tf.Tensor2D> {
  const subject = `input encoders.${name}`;
  if (encoder instanceof LayersModel) checkEncoder(subject, encoder);
  const run = (images: tf.Tensor4D): tf.Tensor => {
    if (!(encoder instanceof LayersModel)) return encoder(images);
    return encoder.predict(checkBatch(`${subject} on ${what}`, preprocess(images), encoder), {
      batchSize,
    }) as tf.Tensor;
  };
  const features = tf.tidy(() => {
    const parts: tf.Tensor2D[] = [];
    for (let start = 0; start < count; start += batchSize) {
      const size = Math.min(batchSize, count - start);
      parts.push(tf.tidy(() => checkRows(subject, run(make(start, size)), size)));
    }
    return tf.concat(parts);
  });
  try {
    await checkFinite(`the features of ${subject} on ${what}`, features);
    return features;
  } catch (error) {
    features.dispose();
    throw error;
  }
}

function checkRows(subject: string, features: tf.Tensor, count: number): tf.Tensor2D {
  if (features instanceof tf.Tensor && features.rank === 2 && features.shape[0] === count && features.size > 0)
    return tf.cast(features as tf.Tensor2D, 'float32');
  throw new ArgumentError(subject, `features [${count}, D] of ${count} images`, describe(features));
}
