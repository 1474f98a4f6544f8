import * as tf from '@tensorflow/tfjs-core';
import type * as tfd from '@tensorflow/tfjs-data';
import type * as tfl from '@tensorflow/tfjs-layers';
import { checkLayersModel } from '../support/checkModel';
import { ArgumentError, describe } from '../support/errors';
import { forEachElement } from '../support/forEachElement';
import { isDataset } from '../support/isDataset';
import { integer, optional, readOptions } from '../support/options';
import { similaritiesByKind } from './similaritiesByKind';
import { SimilaritySamples, type SimilaritySummary } from './similaritySummary';

/** What `summarizeSimilarities` counts. */
export interface SimilaritySummaryArgs {
  /** M, how many of the last columns are non-semantic negatives. @default as the layer made them */
  negatives?: number;
  /** Bins of the histograms, from -1 to 1. @default 40 */
  bins?: number;
}

/** What `measureSimilarities` reads and counts. */
export interface MeasureSimilaritiesArgs {
  /** Number of batches after which to stop. @default all */
  batches?: number;
  /** Bins of the histograms, from -1 to 1. @default 40 */
  bins?: number;
}

export const bins = integer({ min: 1, default: 40 });

export const summarizeSimilaritiesOptions = { negatives: optional(integer({ min: 0 })), bins };

export const measureSimilaritiesOptions = { batches: optional(integer({ min: 1 })), bins };

/**
 * Describes how similar queries are to their keys, to the queue, and to each kind of non-semantic negative: mean,
 * standard deviation, quantiles and histogram of each. Negatives that are more similar to the query than the queue is
 * are the harder ones.
 *
 * @param yPred Similarities `[N, 1 + K + M]`, as the loss takes them, or the rows of a `byol` layer, in which a
 *   prediction is the query. Not disposed; read once a kind.
 * @throws ArgumentError for another tensor, where M is neither remembered nor given, and for options out of range.
 */
export async function summarizeSimilarities(
  yPred: tf.Tensor,
  args: SimilaritySummaryArgs = {},
): Promise<SimilaritySummary> {
  const { bins, negatives } = readOptions('summarizeSimilarities', args, summarizeSimilaritiesOptions);
  const samples = new SimilaritySamples(bins);
  await addSimilarities(samples, yPred, negatives);
  return samples.summarize();
}

/**
 * Measures how similar queries are to their keys, the queue and each kind of negative over a dataset, without training:
 * the encoders use their moving batch statistics, and queue and weights stay as they are.
 *
 * @param model As it is trained, from views and negatives to similarities (`momentumEncoder` and `memoryQueue`) or to
 *   `byol` rows.
 * @param dataset Batches as it is trained on, `{ xs, ys }` with xs by the names of the model's inputs.
 * @throws ArgumentError for a model without such an output, and for batches without one of its inputs.
 */
export async function measureSimilarities(
  model: tfl.LayersModel,
  dataset: tfd.Dataset<tf.TensorContainer>,
  args: MeasureSimilaritiesArgs = {},
): Promise<SimilaritySummary> {
  const { bins, batches } = readOptions('measureSimilarities', args, measureSimilaritiesOptions);
  // A Sequential, such as an encoder alone, names no inputs.
  if (!checkLayersModel('input model', model).inputNames.length)
    throw new ArgumentError('input model', 'a contrastive model', describe(model));
  if (!isDataset(dataset)) throw new ArgumentError('input dataset', 'a tf.data.Dataset', describe(dataset));
  const samples = new SimilaritySamples(bins);
  await forEachElement('input dataset', batches === undefined ? dataset : dataset.take(batches), async (batch) => {
    // Not `predict`, which makes a new tensor: what the layers noted about theirs would be lost.
    const yPred = tf.tidy(() => model.apply(inputsOf(model, batch)) as tf.Tensor);
    await addSimilarities(samples, yPred).finally(() => yPred.dispose());
  });
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
