import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { checkSameWidth } from '../../diagnostics/checkEmbeddings';
import { ArgumentError, describe } from '../../support/errors';
import { checkFeatures } from '../checks';
import { extractFeatures, type Features, type ImageBatches } from '../extractFeatures';
import { type ClassificationScores, scoreClassification } from './classification';
import { checkLinearProbeOptions, type LinearProbeArgs } from './linearProbeArgs';
import { predictClasses, softmaxRegression } from './softmaxRegression';
import { expectSameWeights, readWeights } from './unchangedWeights';

export interface LinearProbeScores extends ClassificationScores {
  learningRate: number;
  /** Accuracy on the training rows. */
  trainAccuracy: number;
}

/** What `linearProbe` found. */
export interface LinearProbeResult {
  /** The learning rate of the highest test accuracy. With several rates this is a little optimiztic, as is customary. */
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
export async function linearProbe(options: LinearProbeArgs): Promise<LinearProbeResult> {
  const { learningRates, ...training } = checkLinearProbeOptions(options);
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
    if (encoder && before) await expectSameWeights('linearProbe', encoder, before);
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

function isFeatures(source: Features | ImageBatches): source is Features {
  return typeof source === 'object' && source !== null && 'features' in source;
}

/** The greatest label. Not by spreading into Math.max, which a large dataset would overflow. */
function checkLabels(input: string, labels: ArrayLike<number>): number {
  let max = 0;
  for (let i = 0; i < labels.length; i++) {
    if (!(Number.isInteger(labels[i]) && labels[i] >= 0))
      throw new ArgumentError(`input ${input}.labels`, 'whole numbers from 0', describe(labels[i]));
    max = Math.max(max, labels[i]);
  }
  return max;
}
