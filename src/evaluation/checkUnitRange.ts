import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../support/errors';

/** How far rounding, such as that of resizing, may take a value out of 0 … 1. */
const tolerance = 1e-3;

/**
 * Resolves if float32 images are in 0 … 1.
 *
 * @param subject The noun of the error, such as `input source`.
 * @param hint A second sentence of the error.
 * @throws ArgumentError
 */
export async function checkUnitRange(subject: string, images: tf.Tensor4D, hint?: string): Promise<void> {
  const range = tf.tidy(() => tf.stack([tf.min(images), tf.max(images)]));
  const [min, max] = await range.data();
  range.dispose();
  if (min < -tolerance || max > 1 + tolerance)
    throw new ArgumentError(
      subject,
      'raw images, float32 in 0 … 1 or int32 in 0 … 255',
      `values from ${min} to ${max}`,
      hint,
    );
}
