import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { checkEncoder } from '../../support/checkModel';
import { checkFunction, checkNames, checkTensor } from '../../support/errors';
import { normalize } from '../../transforms/normalize';
import { checkFeatures } from '../checks';
import { extractFeatures, type Features } from '../extractFeatures';
import { type KnnArgs, knn } from './knn';

/** Names a class for each raw image, float32 `[N, H, W, 3]` in 0 … 1. */
export type Classifier = (images: tf.Tensor4D) => Promise<ArrayLike<number>>;

/** Options of `knnClassifier` and `linearClassifier`. */
export interface ClassifierArgs {
  /** Makes of raw images what the encoder was trained on. @default normalize, as `twoViews` does */
  preprocess?: (images: tf.Tensor4D) => tf.Tensor4D;
}

/**
 * Classifies raw images by the weighted nearest neighbors of their features.
 *
 * @param bank Features and labels that `extractFeatures` made of preprocessed training images.
 */
export function knnClassifier(
  encoder: tfl.LayersModel,
  bank: Features,
  options: KnnArgs & ClassifierArgs = {},
): Classifier {
  checkNames('knnClassifier', options, ['k', 'temperature', 'chunkSize', 'preprocess']);
  checkFeatures('bank', bank);
  const { preprocess, ...neighbors } = options;
  return withFeatures(encoder, preprocess, async (features) => (await knn(features, bank, neighbors)).predictions);
}

/**
 * Classifies raw images by a linear (or any) classifier of their features.
 *
 * @param classifier From features `[N, D]` to scores `[N, classes]`, such as that of `linearProbe`.
 */
export function linearClassifier(
  encoder: tfl.LayersModel,
  classifier: tfl.LayersModel,
  options: ClassifierArgs = {},
): Classifier {
  checkNames('linearClassifier', options, ['preprocess']);
  checkEncoder('input classifier', classifier);
  return withFeatures(encoder, options.preprocess, async ({ features }) => {
    const classes = tf.tidy(() => tf.argMax(classifier.predict(features) as tf.Tensor2D, 1));
    const predictions = await classes.data();
    classes.dispose();
    return predictions;
  });
}

function withFeatures(
  encoder: tfl.LayersModel,
  preprocess: ClassifierArgs['preprocess'] = (images) => normalize(images),
  classify: (features: Features) => Promise<ArrayLike<number>>,
): Classifier {
  checkFunction('preprocess', preprocess);
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
