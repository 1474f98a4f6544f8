import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { checkFinite } from '../../support/checkFinite';
import { checkEncoder } from '../../support/checkModel';
import { checkTensor } from '../../support/checks';
import { ArgumentError } from '../../support/errors';
import { func, optional, readOptions } from '../../support/options';
import { normalize } from '../../transforms/normalize';
import { checkFeatures } from '../checks';
import { extractFeatures, type Features } from '../extractFeatures';
import { type KnnArgs, knn, knnOptions } from './knn';

/** Names a class for each raw image, float32 `[N, H, W, 3]` in 0 … 1. */
export type Classifier = (images: tf.Tensor4D) => Promise<ArrayLike<number>>;

/** What `knnClassifier` and `linearClassifier` do to raw images first. */
export interface ClassifierArgs {
  /** Turns raw images into what the encoder was trained on. @default normalize, as `twoViews` does */
  preprocess?: (images: tf.Tensor4D) => tf.Tensor4D;
}

export const linearClassifierOptions = { preprocess: optional(func<(images: tf.Tensor4D) => tf.Tensor4D>()) };

export const knnClassifierOptions = { ...knnOptions, ...linearClassifierOptions };

/**
 * Classifies raw images by the weighted nearest neighbors of their features.
 *
 * @param bank Features and labels that `extractFeatures` made of preprocessed training images.
 * @throws ArgumentError for another encoder, bank or option; the classifier, for a feature that is NaN or infinite.
 */
export function knnClassifier(
  encoder: tfl.LayersModel,
  bank: Features,
  args: KnnArgs & ClassifierArgs = {},
): Classifier {
  const { preprocess, ...neighbors } = readOptions('knnClassifier', args, knnClassifierOptions);
  checkFeatures('bank', bank);
  return classifyFeatures(encoder, preprocess, async (features) => (await knn(features, bank, neighbors)).predictions);
}

/**
 * Classifies raw images by a linear (or any) classifier of their features.
 *
 * @param classifier From features `[N, D]` to scores `[N, classes]`, such as that of `linearProbe`.
 * @throws ArgumentError for another encoder, classifier or option; the classifier, for features and scores that are NaN
 *   or infinite.
 */
export function linearClassifier(
  encoder: tfl.LayersModel,
  classifier: tfl.LayersModel,
  args: ClassifierArgs = {},
): Classifier {
  const { preprocess } = readOptions('linearClassifier', args, linearClassifierOptions);
  if (checkEncoder('input classifier', classifier).outputs[0].shape[1] === 1)
    throw new ArgumentError('input classifier', 'a model with at least two outputs, one a class', 'one output');
  return classifyFeatures(encoder, preprocess, async ({ features }) => {
    const scores = tf.tidy(() => classifier.predict(features) as tf.Tensor2D);
    const classes = tf.tidy(() => tf.argMax(scores, 1));
    try {
      await checkFinite('the scores of input classifier', scores, 'The classifier has diverged.');
      return await classes.data();
    } finally {
      tf.dispose([scores, classes]);
    }
  });
}

function classifyFeatures(
  encoder: tfl.LayersModel,
  preprocess: ClassifierArgs['preprocess'] = (images) => normalize(images),
  classify: (features: Features) => Promise<ArrayLike<number>>,
): Classifier {
  checkEncoder('input encoder', encoder);
  return async (images) => {
    checkTensor('input images', images, 'images [N, H, W, 3]', ({ rank }) => rank === 4);
    const prepared = tf.tidy(() => preprocess(images));
    try {
      const features = await extractFeatures(encoder, prepared);
      try {
        return await classify(features);
      } finally {
        tf.dispose([features.features, features.labels]);
      }
    } finally {
      if (prepared !== images) prepared.dispose();
    }
  };
}
