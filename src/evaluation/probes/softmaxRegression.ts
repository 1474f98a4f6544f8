import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { scaledSum } from '../../support/checkFinite';
import { permutation, type Random, randomStream } from '../../support/random';
import type { Features } from '../extractFeatures';
import { normals } from '../randomTensors';

export interface SoftmaxRegressionArgs {
  classes: number;
  /** One classifier is trained for each. */
  learningRates: number[];
  /** Factor on every learning rate in an epoch, counted from 0. */
  schedule: (epoch: number) => number;
  epochs: number;
  batchSize: number;
  momentum: number;
  weightDecay: number;
  seed: number;
}

/**
 * Trains linear classifiers by SGD, one for each learning rate, all from the same start and on the same batches.
 *
 * Their weights lie side by side in one matrix W `[D + 1, rates · classes]`, whose last row is the bias, so that a step
 * costs two matrix products for any number of rates. The gradient of the mean cross-entropy of softmax(x W) is written
 * out: xᵀ (softmax(x W) - onehot(y)) / batch. As in PyTorch, weight decay is added to it before the momentum.
 *
 * @param train Features `[N, D]` with labels 0 … classes - 1.
 * @returns W. The caller disposes it.
 */
export async function softmaxRegression(train: Features, args: SoftmaxRegressionArgs): Promise<tf.Tensor2D> {
  const { classes, learningRates, schedule, epochs, batchSize, momentum, weightDecay, seed } = args;
  const count = train.features.shape[0];
  const columns = learningRates.length * classes;
  const x = withOnes(train.features);
  const target = tf.tidy(() => tf.cast(tf.oneHot(tf.cast(train.labels, 'int32'), classes), 'float32') as tf.Tensor2D);
  const rates = tf.tidy(() =>
    tf.reshape(tf.tile(tf.tensor2d(learningRates, [learningRates.length, 1]), [1, classes]), [1, columns]),
  );
  let weights = initialWeights(x.shape[1] - 1, classes, learningRates.length, randomStream(seed, 'weights'));
  let velocity = tf.zerosLike(weights);

  try {
    for (let epoch = 0; epoch < epochs; epoch++) {
      const order = permutation(randomStream(seed, 'order', epoch), count);
      const factor = schedule(epoch);
      for (let start = 0; start < count; start += batchSize) {
        const rows = order.slice(start, start + batchSize);
        const [nextWeights, nextVelocity] = tf.tidy(() => {
          const places = tf.tensor2d(rows, [rows.length, 1], 'int32');
          const batch = tf.gatherND(x, places) as tf.Tensor2D;
          const shape: [number, number, number] = [rows.length, learningRates.length, classes];
          const probabilities = tf.softmax(tf.reshape(tf.matMul(batch, weights), shape));
          const truth = tf.reshape(tf.gatherND(target, places), [rows.length, 1, classes]);
          const error = tf.reshape(tf.div(tf.sub(probabilities, truth), rows.length), [rows.length, columns]);
          const gradient = tf.add(tf.matMul(batch, error as tf.Tensor2D, true), tf.mul(weights, weightDecay));
          const newVelocity = tf.add(tf.mul(velocity, momentum), gradient) as tf.Tensor2D;
          const step = tf.mul(tf.mul(rates, factor), newVelocity);
          return [tf.sub(weights, step) as tf.Tensor2D, newVelocity];
        });
        tf.dispose([weights, velocity]);
        weights = nextWeights;
        velocity = nextVelocity;
      }
      // Lets timers and progress bars run: on most backends no kernel is asynchronous.
      await tf.nextFrame();
    }
    return weights;
  } finally {
    tf.dispose([x, target, rates, velocity]);
  }
}

/**
 * Predicts the class of each row of features by each of the classifiers in W.
 *
 * @returns One list of classes for each classifier; undefined for one that diverged, whose logits are not finite.
 */
export async function predictClasses(
  features: tf.Tensor2D,
  weights: tf.Tensor2D,
  classes: number,
): Promise<(number[] | undefined)[]> {
  const [predicted, sums] = tf.tidy(() => {
    const logits = tf.reshape(tf.matMul(withOnes(features), weights), [features.shape[0], -1, classes]);
    return [tf.transpose(tf.argMax(logits, 2)), scaledSum(logits, [0, 2])];
  });
  const [values, finite] = await Promise.all([predicted.data(), sums.data()]);
  tf.dispose([predicted, sums]);
  const rows = features.shape[0];
  return Array.from(finite, (sum, i) =>
    Number.isFinite(sum) ? Array.from(values.slice(i * rows, (i + 1) * rows)) : undefined,
  );
}

/** Returns classifier number `index` in W as a dense layer. */
export function denseModel(weights: tf.Tensor2D, classes: number, index: number): tfl.LayersModel {
  const width = weights.shape[0] - 1;
  const model = tfl.sequential({ layers: [tfl.layers.dense({ inputShape: [width], units: classes })] });
  tf.tidy(() => {
    const kernel = tf.slice2d(weights, [0, index * classes], [width, classes]);
    // Cut out of a vector: the wasm backend refuses a bias whose memory was first that of a matrix.
    const bias = tf.slice1d(tf.reshape(weights, [-1]), width * weights.shape[1] + index * classes, classes);
    model.setWeights([kernel, bias]);
  });
  return model;
}

const withOnes = (features: tf.Tensor2D) =>
  tf.tidy(() => tf.concat([features, tf.ones([features.shape[0], 1])], 1) as tf.Tensor2D);

/** Draws weights, the same for every classifier: normal of deviation .01, bias 0, as in MoCo's linear evaluation. */
function initialWeights(width: number, classes: number, classifiers: number, random: Random): tf.Tensor2D {
  return tf.tidy(() => {
    const kernel = tf.reshape(tf.mul(normals([random], [width, classes]), 0.01), [width, classes]);
    return tf.tile(tf.concat([kernel, tf.zeros([1, classes])]), [1, classifiers]) as tf.Tensor2D;
  });
}
