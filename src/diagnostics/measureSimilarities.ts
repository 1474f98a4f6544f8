import * as tf from '@tensorflow/tfjs-core';
import type * as tfd from '@tensorflow/tfjs-data';
import type * as tfl from '@tensorflow/tfjs-layers';
import { checkLayersModel } from '../support/checkModel';
import { ArgumentError, describe } from '../support/errors';
import { isDataset } from '../support/isDataset';
import { integer, optional, readOptions } from '../support/options';
import { similaritiesByKind } from './similaritiesByKind';
import { SimilaritySamples, type SimilaritySummary } from './similaritySummary';

/** How similarities are summarized. */
export interface SimilaritySummaryArgs {
  /** Number of last columns that are non-semantic negatives, M. @default as the layer made them */
  negatives?: number;
  /** Bins of the histograms, from -1 to 1. @default 40 */
  bins?: number;
}

/** How similarities are measured. */
export interface MeasureSimilaritiesArgs {
  /** Number of batches to measure. @default all */
  batches?: number;
  /** Bins of the histograms, from -1 to 1. @default 40 */
  bins?: number;
}

export const bins = integer({ min: 1, default: 40 });

export const summarizeSimilaritiesOptions = { negatives: optional(integer({ min: 0 })), bins };

export const measureSimilaritiesOptions = { batches: optional(integer({ min: 1 })), bins };

/**
 * Describes how similar queries are to their keys, to the queue, and to each kind of non-semantic negative: mean, standard
 * deviation, quantiles and histogram of each. Negatives that are closer to the query than the queue are harder.
 *
 * @param yPred Similarities `[N, 1 + K + M]` as the loss takes them, or the rows of a `byol` layer, in which predictions
 *   are the queries. It is read once a kind and not disposed.
 * @throws ArgumentError for another tensor, if M is neither remembered nor given, and for options out of range.
 */
export async function summarizeSimilarities(
  yPred: tf.Tensor,
  args?: SimilaritySummaryArgs,
): Promise<SimilaritySummary> {
  const { negatives, bins } = readOptions('summarizeSimilarities', args, summarizeSimilaritiesOptions);
  const samples = new SimilaritySamples(bins);
  await addSimilarities(samples, yPred, negatives);
  return samples.summarize();
}

/**
 * Describes the similarities of a whole dataset outside training: the encoders use their moving batch statistics, and
 * queue and weights stay as they are.
 *
 * @param model The model in training, from views and negatives to similarities (`momentumEncoder` and `memoryQueue`) or to
 *   `byol` rows.
 * @param dataset Its training batches, `{ xs, ys }` with xs by the names of the model's inputs.
 * @throws ArgumentError for a model without such an output, and for batches without one of its inputs.
 */
export async function measureSimilarities(
  model: tfl.LayersModel,
  dataset: tfd.Dataset<tf.TensorContainer>,
  args?: MeasureSimilaritiesArgs,
): Promise<SimilaritySummary> {
  const { batches, bins } = readOptions('measureSimilarities', args, measureSimilaritiesOptions);
  checkLayersModel('input model', model);
  if (!isDataset(dataset)) throw new ArgumentError('input dataset', 'a tf.data.Dataset', describe(dataset));
  const samples = new SimilaritySamples(bins);
  const iterator = await (batches === undefined ? dataset : dataset.take(batches)).iterator();
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    try {
      // Not `predict`, which makes a new tensor without the layers' tags.
      const yPred = tf.tidy(() => model.apply(inputsOf(model, next.value)) as tf.Tensor);
      await addSimilarities(samples, yPred).finally(() => yPred.dispose());
    } finally {
      tf.dispose(next.value);
    }
  }
  return samples.summarize();
}

async function addSimilarities(samples: SimilaritySamples, yPred: tf.Tensor, negatives?: number): Promise<void> {
  const kinds = tf.tidy(() => similaritiesByKind(yPred, negatives).map(([kind, x]) => [kind, tf.keep(x)] as const));
  for (const [kind, values] of kinds) {
    samples.add(kind, (await values.data()) as Float32Array);
    values.dispose();
  }
}

function inputsOf(model: tfl.LayersModel, batch: tf.TensorContainer): tf.Tensor[] {
  const { xs } = (batch ?? {}) as { xs?: { [name: string]: tf.Tensor } };
  return model.inputNames.map((name) => {
    if (xs?.[name] instanceof tf.Tensor) return xs[name];
    throw new ArgumentError('input dataset', `batches { xs, ys } with xs.${name}`, describe(batch));
  });
}
