import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { ArgumentError, checkNames, checkNumber, describe } from '../support/errors';
import { checkFeatures, checkSameWidth } from './checks';
import { type ClassificationScores, scoreClassification } from './classification';
import { extractFeatures, type Features, type ImageBatches } from './extractFeatures';
import { predictClasses, softmaxRegression } from './softmaxRegression';

export interface LinearProbeOptions {
  /** What the classifiers are trained on: features, or images with labels for the encoder. */
  train: Features | ImageBatches;

  /** What they are tested on. */
  test: Features | ImageBatches;

  /**
   * Makes features of images. Its weights are compared, byte by byte, before and after. @default none: `train` and
   * `test` are features
   */
  encoder?: tfl.LayersModel;

  /** One classifier is trained for each, all at once. @default [0.03, 0.1, 0.3, 1, 3, 10, 30] */
  learningRates?: number[];

  /** @default 90 */
  epochs?: number;

  /** @default 256 */
  batchSize?: number;

  /** `cosine` to 0 over the epochs, or the epochs before which the learning rate is divided by 10. @default 'cosine' */
  schedule?: 'cosine' | number[];

  /** @default 0.9 */
  momentum?: number;

  /** Added to the gradient before the momentum, bias included. @default 0 */
  weightDecay?: number;

  /** Initial weights and the order of the rows are functions of this integer. @default 0 */
  seed?: number;
}

/** Published recipes, to spread into the options: `linearProbe({ ...linearProbeRecipes.paper, encoder, train, test })`. */
export const linearProbeRecipes = {
  /** Linear evaluation of the non-semantic negatives' paper. */
  paper: { learningRates: [10], batchSize: 128, epochs: 60, schedule: [30, 40, 50], weightDecay: 0 },
  /** That of the lightly library's ImageNet benchmarks: learning rate 0.1 for a batch of 256. */
  lightly: { learningRates: [0.1], batchSize: 256, epochs: 90, schedule: 'cosine', weightDecay: 0 },
} satisfies Record<string, Partial<LinearProbeOptions>>;

export interface LinearProbeScores extends ClassificationScores {
  learningRate: number;
  /** Accuracy on the training rows. */
  trainAccuracy: number;
}

export interface LinearProbeResult {
  /** The learning rate of the highest test accuracy. With several rates this is a little optimistic, as is customary. */
  best: LinearProbeScores;
  /** One entry for each learning rate, in the order given. */
  results: LinearProbeScores[];
  /** The best one as a model from features `[N, D]` to logits `[N, classes]`. Free it with `classifier.dispose()`. */
  classifier: tfl.LayersModel;
}

/**
 * Linear evaluation: trains a linear classifier on frozen features by SGD with momentum and tells its test accuracy.
 *
 * Features are extracted once, in inference mode and without augmentation; `trainable = false` would not do, since
 * tfjs updates running statistics all the same.
 *
 * @throws ArgumentError if labels are not whole numbers from 0, widths differ, or an option is not as described.
 * @throws Error if a weight of the encoder changed.
 */
export async function linearProbe(options: LinearProbeOptions): Promise<LinearProbeResult> {
  const { learningRates, ...training } = checkOptions(options);
  const { encoder } = options;
  const before = encoder && (await readWeights(encoder));
  const owned: tf.Tensor[] = [];
  const featuresOf = async (input: 'train' | 'test') => {
    const source = options[input];
    if (isFeatures(source)) return checkFeatures(input, source);
    if (!encoder) throw new ArgumentError('option encoder', `a LayersModel, as ${input} holds images`, 'undefined');
    const extracted = await extractFeatures(encoder, source);
    owned.push(extracted.features, extracted.labels);
    return extracted;
  };

  try {
    const train = await featuresOf('train');
    const test = await featuresOf('test');
    checkSameWidth(['train', 'test'], train.features, test.features);
    const labels = { train: await train.labels.data(), test: await test.labels.data() };
    const classes = 1 + Math.max(checkLabels('train', labels.train), checkLabels('test', labels.test));

    const weights = await softmaxRegression(train, { ...training, learningRates, classes });
    owned.push(weights);
    const predict = async ({ features }: Features) => {
      const predicted = predictClasses(features, weights, classes);
      const values = await predicted.data();
      predicted.dispose();
      return (rate: number) => values.filter((_, i) => i % learningRates.length === rate);
    };
    const [onTrain, onTest] = [await predict(train), await predict(test)];
    const results = learningRates.map((learningRate, rate) => ({
      learningRate,
      ...scoreClassification(onTest(rate), labels.test),
      trainAccuracy: scoreClassification(onTrain(rate), labels.train).accuracy,
    }));
    const best = results.reduce((one, other) => (other.accuracy > one.accuracy ? other : one));
    if (encoder && before) await expectSameWeights(encoder, before);
    return { best, results, classifier: denseModel(weights, classes, results.indexOf(best)) };
  } finally {
    tf.dispose(owned);
  }
}

/** The classifier at `rate` in the matrix of `softmaxRegression` as a dense layer. */
function denseModel(weights: tf.Tensor2D, classes: number, rate: number): tfl.LayersModel {
  const width = weights.shape[0] - 1;
  const model = tfl.sequential({ layers: [tfl.layers.dense({ inputShape: [width], units: classes })] });
  tf.tidy(() => {
    const kernel = tf.slice2d(weights, [0, rate * classes], [width, classes]);
    // Cut out of a vector: the wasm backend refuses a bias whose memory was first that of a matrix.
    const bias = tf.slice1d(tf.reshape(weights, [-1]), width * weights.shape[1] + rate * classes, classes);
    model.setWeights([kernel, bias]);
  });
  return model;
}

const NAMES = 'train test encoder learningRates epochs batchSize schedule momentum weightDecay seed'.split(' ');

function checkOptions(options: LinearProbeOptions) {
  checkNames('linearProbe', options, NAMES);
  const { learningRates = [0.03, 0.1, 0.3, 1, 3, 10, 30], schedule = 'cosine' } = options;
  if (!Array.isArray(learningRates) || learningRates.length === 0)
    throw new ArgumentError('option learningRates', 'an array of numbers', describe(learningRates));
  learningRates.forEach((rate, i) => {
    checkNumber(`learningRates[${i}]`, rate, { above: 0 });
  });
  if (schedule !== 'cosine' && !Array.isArray(schedule))
    throw new ArgumentError('option schedule', "'cosine' or an array of epochs", describe(schedule));
  const epochs = checkNumber('epochs', options.epochs ?? 90, { min: 1, integer: true });
  return {
    learningRates,
    epochs,
    schedule: (epoch: number) =>
      schedule === 'cosine'
        ? 0.5 * (1 + Math.cos((Math.PI * epoch) / epochs))
        : 0.1 ** schedule.filter((milestone) => epoch >= milestone).length,
    batchSize: checkNumber('batchSize', options.batchSize ?? 256, { min: 1, integer: true }),
    momentum: checkNumber('momentum', options.momentum ?? 0.9, { min: 0, max: 1 }),
    weightDecay: checkNumber('weightDecay', options.weightDecay ?? 0, { min: 0 }),
    seed: checkNumber('seed', options.seed ?? 0, { integer: true }),
  };
}

function isFeatures(source: Features | ImageBatches): source is Features {
  return typeof source === 'object' && source !== null && 'features' in source;
}

/** The greatest label. Not by spreading into Math.max, which a large dataset would overflow. */
function checkLabels(input: string, labels: ArrayLike<number>): number {
  let greatest = 0;
  for (let i = 0; i < labels.length; i++) {
    if (!(Number.isInteger(labels[i]) && labels[i] >= 0))
      throw new ArgumentError(`input ${input}.labels`, 'whole numbers from 0', describe(labels[i]));
    greatest = Math.max(greatest, labels[i]);
  }
  return greatest;
}

const readWeights = (model: tfl.LayersModel) =>
  Promise.all(model.weights.map(async (weight) => (await weight.read().data()).slice()));

async function expectSameWeights(model: tfl.LayersModel, before: tf.TypedArray[]): Promise<void> {
  const after = await readWeights(model);
  const bytes = (values: tf.TypedArray) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  model.weights.forEach((weight, i) => {
    const expected = bytes(before[i]);
    if (!bytes(after[i]).every((byte, place) => byte === expected[place]))
      throw new Error(`The encoder's weight ${weight.name} changed during linearProbe, which must leave it alone.`);
  });
}
