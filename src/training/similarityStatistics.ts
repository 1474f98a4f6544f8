import * as tf from '@tensorflow/tfjs-core';
import { bins, summarizeSimilarities } from '../diagnostics/measureSimilarities';
import type { SimilaritySummary } from '../diagnostics/similaritySummary';
import { directionsOf, tagDirections } from '../layers/byolRows';
import { negativesOf, tagNegatives } from '../layers/contrastiveSimilarities';
import { func, integer, optional, readOptions } from '../support/options';
import { stopGradient } from '../support/stopGradient';
import { TrainingCallback } from './trainingCallback';

/** The similarities of one training step. */
export interface SimilarityRecord extends SimilaritySummary {
  /** Epoch of the step, from 0. */
  epoch: number;
  /** Steps of the optimizer so far. */
  step: number;
}

/** How the similarities of training steps are recorded. */
export interface SimilarityStatisticsArgs {
  /** Steps from one record to the next; each record reads the step's similarities from the device. @default 100 */
  every?: number;
  /** Bins of the histograms, from -1 to 1. @default 40 */
  bins?: number;
  /** Receives each record. */
  onRecord?: (record: SimilarityRecord) => void;
}

export const similarityStatisticsOptions = {
  every: integer({ min: 1, default: 100 }),
  bins,
  onRecord: optional(func<(record: SimilarityRecord) => void>()),
};

interface OutputLayer {
  call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor;
}

/** Records how similar queries are to keys and negatives in training steps; made by `similarityStatistics`. */
export class SimilarityStatistics extends TrainingCallback {
  protected readonly owner = 'similarityStatistics';
  /** The records so far, oldest first. */
  readonly records: SimilarityRecord[] = [];
  private readonly every: number;
  private readonly bins: number;
  private readonly onRecord?: (record: SimilarityRecord) => void;
  private epoch = 0;
  private due = false;
  private similarities?: tf.Tensor;
  private restore = () => {};

  constructor(args?: SimilarityStatisticsArgs) {
    super();
    const options = readOptions('similarityStatistics', args, similarityStatisticsOptions);
    this.every = options.every;
    this.bins = options.bins;
    this.onRecord = options.onRecord;
  }

  /** Listens to the last layer while the training lasts: tfjs hands no callback the model's output. */
  override async onTrainBegin(): Promise<void> {
    this.restore(); // an earlier training may have ended in an error
    const layer = this.trainedModel.outputs[0].sourceLayer as unknown as OutputLayer;
    const { call } = layer;
    layer.call = (inputs, kwargs) => {
      const output = call.call(layer, inputs, kwargs);
      if (this.due && kwargs.training) this.keep(output);
      return output;
    };
    this.restore = () => {
      layer.call = call;
    };
  }

  override async onTrainEnd(): Promise<void> {
    this.restore();
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    this.epoch = epoch;
  }

  override async onBatchBegin(): Promise<void> {
    this.due = (this.optimizer.iterations + 1) % this.every === 0;
  }

  override async onBatchEnd(): Promise<void> {
    const { similarities, bins, epoch } = this;
    if (!similarities) return;
    this.similarities = undefined;
    try {
      const step = this.optimizer.iterations;
      const record = { epoch, step, ...(await summarizeSimilarities(similarities, { bins })) };
      this.records.push(record);
      this.onRecord?.(record);
    } finally {
      similarities.dispose();
    }
  }

  private keep(output: tf.Tensor): void {
    this.similarities?.dispose();
    const copy = stopGradient(() => tf.keep(tf.clone(output)));
    const [directions, negatives] = [directionsOf(output), negativesOf(output)];
    if (directions) tagDirections(copy, directions);
    if (negatives !== undefined) tagNegatives(copy, negatives);
    this.similarities = copy;
  }
}

/**
 * Returns a callback that describes, every n steps, how similar the queries were to their keys, to the queue and to
 * each kind of non-semantic negative, in `.records`: the paper's analysis of how hard negatives are.
 *
 * The similarities are those of the loss: nothing is computed twice, and nothing is read between records. In a custom
 * loop call `summarizeSimilarities(yPred)`; after training, `measureSimilarities(model, dataset)`.
 *
 * @throws ArgumentError for options out of range.
 */
export function similarityStatistics(args?: SimilarityStatisticsArgs): SimilarityStatistics {
  return new SimilarityStatistics(args);
}
