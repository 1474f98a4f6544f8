import * as tf from '@tensorflow/tfjs-core';
import { permutation, type Random, randomStream, uniform } from '../../support/random';
import type { Features } from '../extractFeatures';

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
 * costs two matrix products however many there are. The gradient of the mean cross-entropy of softmax(x W) is written
 * out: xᵀ (softmax(x W) - onehot(y)) / batch. As in PyTorch, weight decay is added to it before the momentum.
 *
 * @param train Features `[N, D]` with labels 0 … classes - 1.
 * @returns W. The caller disposes it.
 */
export async function softmaxRegression(train: Features, options: SoftmaxRegressionArgs): Promise<tf.Tensor2D> {
  const { classes, learningRates, schedule, epochs, batchSize, momentum, weightDecay, seed } = options;
  const count = train.features.shape[0];
  const columns = learningRates.length * classes;
  const x = withOnes(train.features);
  const target = tf.tidy(() => tf.cast(tf.oneHot(train.labels, classes), 'float32') as tf.Tensor2D);
  const rates = tf.tidy(() =>
    tf.reshape(tf.tile(tf.tensor2d(learningRates, [learningRates.length, 1]), [1, classes]), [1, columns]),
  );
  let weights = initialWeights(x.shape[1], classes, learningRates.length, randomStream(seed, 'weights'));
  let velocity = tf.zerosLike(weights);

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
  tf.dispose([x, target, rates, velocity]);
  return weights;
}

/** The class that each of the classifiers in W predicts for each row of features: int32 `[N, rates]`. */
export function predictClasses(features: tf.Tensor2D, weights: tf.Tensor2D, classes: number): tf.Tensor2D {
  return tf.tidy(() => {
    const logits = tf.matMul(withOnes(features), weights);
    return tf.argMax(tf.reshape(logits, [features.shape[0], -1, classes]), 2) as tf.Tensor2D;
  });
}

const withOnes = (features: tf.Tensor2D) =>
  tf.tidy(() => tf.concat([features, tf.ones([features.shape[0], 1])], 1) as tf.Tensor2D);

/** Normal of standard deviation .01, bias 0, as in MoCo's linear evaluation; the same for every classifier. */
function initialWeights(rows: number, classes: number, classifiers: number, random: Random): tf.Tensor2D {
  const radius = () => 0.01 * Math.sqrt(-2 * Math.log(1 - random()));
  const values = Array.from(
    { length: (rows - 1) * classes },
    () => radius() * Math.cos(uniform(random, 0, 2 * Math.PI)),
  );
  return tf.tidy(() => {
    const one = tf.concat([tf.tensor2d(values, [rows - 1, classes]), tf.zeros([1, classes])], 0);
    return tf.tile(one, [1, classifiers]) as tf.Tensor2D;
  });
}
