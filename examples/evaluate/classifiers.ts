import * as tf from '@tensorflow/tfjs';
import { normalize } from 'tfjs-nonsemantic-negatives';
import {
  type Classifier,
  extractFeatures,
  knnClassifier,
  linearClassifier,
  linearProbe,
} from 'tfjs-nonsemantic-negatives/evaluation';
import type { ImageSet } from './imageSet';

export interface ProbeOptions {
  /** Neighbors that vote. */
  k: number;
  /** Of the vote's weights. */
  temperature: number;
  /** Of the linear classifier: one value, fixed beforehand, so that no test image influences it. */
  learningRate: number;
  epochs: number;
}

/** Two classifiers on top of the same frozen encoder. */
export interface Probes {
  knn: Classifier;
  linear: Classifier;
  dispose(): void;
}

/** Trains both on the images of `bank`, to tell `classes` apart. */
export async function trainProbes(
  encoder: tf.LayersModel,
  bank: ImageSet,
  classes: readonly string[],
  { k, temperature, learningRate, epochs }: ProbeOptions,
): Promise<Probes> {
  const images = bank.ofClasses(classes).batches(classes).map(normalizeBatch);
  const features = await extractFeatures(encoder, images);
  const probe = await linearProbe({ train: features, test: features, learningRates: [learningRate], epochs });
  return {
    knn: knnClassifier(encoder, features, { k, temperature }),
    linear: linearClassifier(encoder, probe.classifier),
    dispose() {
      tf.dispose([features.features, features.labels]);
      probe.classifier.dispose();
    },
  };
}

/** Raw images to what `twoViews` trained the encoder on. */
export function normalizeBatch(batch: tf.TensorContainer): tf.TensorContainer {
  const { xs, ys } = batch as { xs: tf.Tensor4D; ys: tf.Tensor };
  return { xs: normalize(xs), ys };
}
