import type * as tf from '@tensorflow/tfjs';
import { normalize } from 'tfjs-nonsemantic-negatives';
import { extractFeatures, type Features } from 'tfjs-nonsemantic-negatives/evaluation';
import type { ImageSet } from './imageSet';

/** Gives the features of a set's images, and the places of their classes in `classes` as labels. */
export type FeatureSource = (set: ImageSet, classes: readonly string[]) => Promise<Features>;

/** Runs the encoder each time. */
export function computeFeatures(encoder: tf.LayersModel): FeatureSource {
  return (set, classes) => extractFeatures(encoder, set.batches(classes).map(normalizeBatch));
}

/** Raw images to what `twoViews` trained the encoder on. */
function normalizeBatch(batch: tf.TensorContainer): tf.TensorContainer {
  const { xs, ys } = batch as { xs: tf.Tensor4D; ys: tf.Tensor };
  return { xs: normalize(xs), ys };
}
