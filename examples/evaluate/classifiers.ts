import * as tf from '@tensorflow/tfjs';
import { normalize } from 'tfjs-nonsemantic-negatives';
import {
  type Classifier,
  extractFeatures,
  knnClassifier,
  linearClassifier,
  linearProbe,
  standardize,
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

/** Classifiers on top of the same frozen encoder. */
export interface Probes {
  knn: Classifier;
  linear: Classifier;
  /** The linear classifier's accuracy if the bank and a whole domain are standardized, each by itself. */
  standardized(domain: ImageSet): Promise<number>;
  dispose(): void;
}

/** Trains them on the images of `bank`, to tell `classes` apart. */
export async function trainProbes(
  encoder: tf.LayersModel,
  bank: ImageSet,
  classes: readonly string[],
  { k, temperature, learningRate, epochs }: ProbeOptions,
): Promise<Probes> {
  const images = bank.ofClasses(classes).batches(classes).map(normalizeBatch);
  const features = await extractFeatures(encoder, images);
  const training = { learningRates: [learningRate], epochs };
  const probe = await linearProbe({ train: features, test: features, ...training });
  const bankByItself = { ...features, features: standardize(features.features) };
  return {
    knn: knnClassifier(encoder, features, { k, temperature }),
    linear: linearClassifier(encoder, probe.classifier),
    async standardized(domain) {
      const own = await extractFeatures(encoder, domain.batches(classes).map(normalizeBatch));
      const test = { ...own, features: standardize(own.features) };
      const { best, classifier } = await linearProbe({ train: bankByItself, test, ...training });
      tf.dispose([own.features, own.labels, test.features]);
      classifier.dispose();
      return best.accuracy;
    },
    dispose() {
      tf.dispose([features.features, features.labels, bankByItself.features]);
      probe.classifier.dispose();
    },
  };
}

/** Raw images to what `twoViews` trained the encoder on. */
export function normalizeBatch(batch: tf.TensorContainer): tf.TensorContainer {
  const { xs, ys } = batch as { xs: tf.Tensor4D; ys: tf.Tensor };
  return { xs: normalize(xs), ys };
}
