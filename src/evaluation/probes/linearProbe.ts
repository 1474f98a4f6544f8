import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { checkSameWidth } from '../../diagnostics/checkEmbeddings';
import { ArgumentError, describe } from '../../support/errors';
import { checkFeatures, readFeatureLabels } from '../checks';
import { extractFeatures, type Features, type ImageBatches } from '../extractFeatures';
import { type ClassificationScores, scoreClassification } from './classification';
import { type LinearProbeArgs, readLinearProbeOptions } from './linearProbeArgs';
import { denseModel, predictClasses, softmaxRegression } from './softmaxRegression';

/** The scores of one classifier of `linearProbe`: NaN, and no classes, where its training diverged. */
export interface LinearProbeScores extends ClassificationScores {
  /** The learning rate that the classifier began with. */
  learningRate: number;
  /** Accuracy on the training rows. */
  trainAccuracy: number;
}

/** What `linearProbe` returns. */
export interface LinearProbeResult {
  /**
   * The classifier of the highest test accuracy among those that did not diverge. With several rates this is a little
   * optimistic, as is customary.
   */
  best: LinearProbeScores;
  /** One entry for each learning rate, in the order given. */
  results: LinearProbeScores[];
  /** The best one as a model from features `[N, D]` to logits `[N, classes]`. Free it with `classifier.dispose()`. */
  classifier: tfl.LayersModel;
}

/**
 * Evaluates features linearly: trains a linear classifier on them by SGD with momentum and returns its test accuracy.
 *
 * Features are extracted once, in inference mode and without augmentation; `trainable = false` is not enough, since
 * tfjs still updates running statistics.
 *
 * @throws ArgumentError if labels are not whole numbers from 0 or of a single class, widths differ, a feature is NaN or
 *   infinite, an option is not as described, or every classifier diverged.
 * @throws Error if a weight of the encoder changed.
 */
export async function linearProbe(args: LinearProbeArgs): Promise<LinearProbeResult> {
  const { encoder, learningRates, train: trainSource, test: testSource, ...training } = readLinearProbeOptions(args);
  const before = encoder && (await readWeights(encoder));
  const owned: tf.Tensor[] = [];
  const featuresOf = async (input: 'train' | 'test', source: Features | ImageBatches) => {
    if (isFeatures(source)) return checkFeatures(input, source);
    if (!encoder)
      throw new ArgumentError('option encoder', 'a LayersModel', 'undefined', `Option ${input} has images.`);
    const extracted = await extractFeatures(encoder, source);
    owned.push(extracted.features, extracted.labels);
    return extracted;
  };

  try {
    const train = await featuresOf('train', trainSource);
    const test = await featuresOf('test', testSource);
    checkSameWidth(['train', 'test'], train.features, test.features);
    const labels = { train: await readFeatureLabels('train', train), test: await readFeatureLabels('test', test) };
    const classes = countClasses(labels);

    const weights = await softmaxRegression(train, { ...training, learningRates, classes });
    owned.push(weights);
    const onTrain = await predictClasses(train.features, weights, classes);
    const onTest = await predictClasses(test.features, weights, classes);
    const results = learningRates.map((learningRate, i) => ({
      learningRate,
      ...score(onTest[i], labels.test),
      trainAccuracy: score(onTrain[i], labels.train).accuracy,
    }));
    const best = chooseBest(results);
    if (encoder && before) await expectSameWeights(encoder, before);
    return { best, results, classifier: denseModel(weights, classes, results.indexOf(best)) };
  } finally {
    tf.dispose(owned);
  }
}

function isFeatures(source: Features | ImageBatches): source is Features {
  return typeof source === 'object' && source !== null && 'features' in source;
}

/** Above what any data set has: a label such as an id would take its number of outputs. */
const maxClasses = 2 ** 16;

/**
 * Counts the classes: one more than the largest label of either set.
 *
 * @throws ArgumentError for labels below 0 or from 2^16 on, and for a single class.
 */
function countClasses(labels: { train: number[]; test: number[] }): number {
  let max = 0;
  for (const input of ['train', 'test'] as const) {
    for (const label of labels[input]) {
      if (label < 0 || label >= maxClasses)
        throw new ArgumentError(`input ${input}.labels`, `class numbers from 0 to ${maxClasses - 1}`, describe(label));
      max = Math.max(max, label);
    }
  }
  if (labels.train.every((label) => label === labels.train[0]))
    throw new ArgumentError('input train.labels', 'at least two classes', `class ${labels.train[0]} alone`);
  return max + 1;
}

function score(predictions: ArrayLike<number> | undefined, labels: readonly number[]): ClassificationScores {
  if (predictions) return scoreClassification(predictions, labels);
  return { accuracy: Number.NaN, balancedAccuracy: Number.NaN, chance: 1 / new Set(labels).size, perClass: {} };
}

function chooseBest(results: readonly LinearProbeScores[]): LinearProbeScores {
  const converged = results.filter(({ accuracy, trainAccuracy }) => !Number.isNaN(accuracy + trainAccuracy));
  if (converged.length > 0) return converged.reduce((one, other) => (other.accuracy > one.accuracy ? other : one));
  throw new ArgumentError(
    'option learningRates',
    'a rate at which training converges',
    describe(results.map(({ learningRate }) => learningRate)),
    'Every classifier diverged: give smaller rates, or features of smaller values.',
  );
}

/** Reads the values of all weights of a model. */
const readWeights = (model: tfl.LayersModel) =>
  Promise.all(model.weights.map(async (weight) => (await weight.read().data()).slice()));

async function expectSameWeights(encoder: tfl.LayersModel, before: tf.TypedArray[]): Promise<void> {
  const after = await readWeights(encoder);
  const bytes = (values: tf.TypedArray) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  encoder.weights.forEach((weight, i) => {
    const expected = bytes(before[i]);
    if (!bytes(after[i]).every((byte, place) => byte === expected[place]))
      throw new Error(`The encoder's weight ${weight.name} changed during linearProbe, which must leave it alone.`);
  });
}
