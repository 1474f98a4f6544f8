import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { checkBins, summarizeSimilarities } from '../diagnostics/measureSimilarities';
import type { SimilaritySummary } from '../diagnostics/similaritySummary';
import { directionsOf, tagDirections } from '../layers/byolRows';
import { negativesOf, tagNegatives } from '../layers/contrastiveSimilarities';
import { checkFunction, checkNames, checkNumber } from '../support/errors';
import { stopGradient } from '../support/stopGradient';

/** The similarities of one training step. */
export interface SimilarityRecord extends SimilaritySummary {
  epoch: number;
  /** Steps of the optimizer so far. */
  step: number;
}

/** Options of `similarityStatistics`. */
export interface SimilarityStatisticsArgs {
  /** Records every so many steps; each record reads the step's similarities from the device. @default 100 */
  every?: number;
  /** Bins of the histograms, from -1 to 1. @default 40 */
  bins?: number;
  /** Called with each record. */
  onRecord?: (record: SimilarityRecord) => void;
}

interface OutputLayer {
  call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor;
}

/** See `similarityStatistics`. */
export class SimilarityStatistics extends tfl.Callback {
  readonly records: SimilarityRecord[] = [];
  private readonly every: number;
  private readonly bins: number;
  private readonly onRecord?: (record: SimilarityRecord) => void;
  private epoch = 0;
  private due = false;
  private similarities?: tf.Tensor;
  private restore = () => {};

  constructor(args: SimilarityStatisticsArgs = {}) {
    super();
    checkNames('similarityStatistics()', args, ['every', 'bins', 'onRecord']);
    this.every = checkNumber('every', args.every ?? 100, { min: 1, integer: true });
    this.bins = checkBins(args.bins);
    this.onRecord = args.onRecord === undefined ? undefined : checkFunction('onRecord', args.onRecord);
  }

  /** tfjs hands no callback what the model put out, so its last layer is listened to while the training lasts. */
  override async onTrainBegin(): Promise<void> {
    this.restore(); // a training before may have ended in an error
    const layer = this.model.outputs[0].sourceLayer as unknown as OutputLayer;
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
    this.due = (this.steps + 1) % this.every === 0;
  }

  override async onBatchEnd(): Promise<void> {
    const { similarities, bins, epoch, steps: step } = this;
    if (!similarities) return;
    this.similarities = undefined;
    try {
      const record = { epoch, step, ...(await summarizeSimilarities(similarities, { bins })) };
      this.records.push(record);
      this.onRecord?.(record);
    } finally {
      similarities.dispose();
    }
  }

  private get steps(): number {
    return (this.model.optimizer as tf.Optimizer).iterations;
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
 * A callback for `fitDataset` that describes, every n steps, how similar the step's queries were to their keys, to the
 * queue and to each kind of non-semantic negative, in `.records`: the paper's analysis of how hard negatives are.
 *
 * The similarities are those that the loss saw: nothing is computed twice, and nothing is read between records. In a loop
 * of one's own call `summarizeSimilarities(yPred)`; after training, `measureSimilarities(model, dataset)`.
 *
 * @throws ArgumentError for options out of range.
 */
export function similarityStatistics(args: SimilarityStatisticsArgs = {}): SimilarityStatistics {
  return new SimilarityStatistics(args);
}
