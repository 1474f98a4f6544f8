import * as tf from '@tensorflow/tfjs';
import {
  type Classifier,
  type Features,
  knn,
  linearClassifier,
  linearProbe,
  standardize,
} from 'tfjs-nonsemantic-negatives/evaluation';

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
  /** The labels by the nearest neighbors. */
  nearest(features: Features): Promise<number[]>;
  /** The labels by the linear classifier. */
  linear(features: Features): Promise<ArrayLike<number>>;
  /** The linear classifier of raw images. */
  classifier: Classifier;
  /** The linear classifier's accuracy if the bank and a whole domain are standardized, each by itself. */
  standardized(domain: Features): Promise<number>;
  dispose(): void;
}

/** Trains them on the features of a bank, which they dispose in the end. */
export async function trainProbes(
  encoder: tf.LayersModel,
  bank: Features,
  { k, temperature, learningRate, epochs }: ProbeOptions,
): Promise<Probes> {
  const training = { learningRates: [learningRate], epochs };
  const probe = await linearProbe({ train: bank, test: bank, ...training });
  const bankByItself = { ...bank, features: standardize(bank.features) };
  return {
    nearest: async (features) => (await knn(features, bank, { k, temperature })).predictions,
    async linear({ features }) {
      const labels = tf.tidy(() => tf.argMax(probe.classifier.predict(features) as tf.Tensor2D, 1));
      const values = await labels.data();
      labels.dispose();
      return values;
    },
    classifier: linearClassifier(encoder, probe.classifier),
    async standardized(domain) {
      const test = { ...domain, features: standardize(domain.features) };
      const { best, classifier } = await linearProbe({ train: bankByItself, test, ...training });
      test.features.dispose();
      classifier.dispose();
      return best.accuracy;
    },
    dispose() {
      tf.dispose([bank.features, bank.labels, bankByItself.features]);
      probe.classifier.dispose();
    },
  };
}
