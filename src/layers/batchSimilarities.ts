import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { checkTensor } from '../support/checks';
import { ArgumentError, describe } from '../support/errors';
import { l2Normalize } from '../support/l2Normalize';
import { readOptions } from '../support/options';
import { optionsOf } from '../support/rebuild';
import { warnOnce } from '../support/warnOnce';
import { ContrastiveLayer } from './contrastiveLayer';
import { contrastiveSimilarities } from './contrastiveSimilarities';
import { layerOptions } from './layerArgs';
import { leaveOut } from './models/views';

/** What every layer takes. */
export interface BatchSimilaritiesArgs {
  /** @default chosen by tfjs */
  name?: string;
  /** Without effect: the layer has no weights. @default true */
  trainable?: boolean;
}

export const batchSimilaritiesOptions = layerOptions;

/**
 * Compares queries with the keys of their batch, as SimCLR does, in place of a `memoryQueue`.
 *
 * Inputs `[query, key, …negatives]`, embeddings `[N, D]` of any length, or one tensor `[N, 2 + M, D]` of them in that
 * order, as a `momentumEncoder` gives it. Output the cosine similarities `[N, N + M]`, columns
 * `[q·k | q·k of the other N - 1 rows | q·t_m]`. Gradients flow to all that have one.
 *
 * Source: Chen et al. 2020 (SimCLR), section 2.1, of which this is the loss from query to key.
 */
export class BatchSimilarities extends ContrastiveLayer {
  /** @nocollapse */
  static readonly className = 'NonSemanticBatchSimilarities';

  constructor(args: BatchSimilaritiesArgs = {}) {
    super(readOptions('batchSimilarities', args, batchSimilaritiesOptions));
    tf.serialization.registerClass(BatchSimilarities);
  }

  override build(inputShape: tfl.Shape | tfl.Shape[]): void {
    this.computeOutputShape(inputShape);
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: tfl.Shape | tfl.Shape[]): tfl.Shape {
    const shapes = (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as tfl.Shape[];
    const [first] = shapes;
    const stacked = shapes.length === 1 && first.length === 3 && (first[1] ?? 0) >= 2;
    const listed = shapes.length >= 2 && shapes.every((shape) => shape.length === 2 && shape[1] === first[1]);
    if (!stacked && !listed)
      throw new ArgumentError(
        'the inputs of batchSimilarities()',
        '[query, key, …negatives] of shape [N, D], or one tensor [N, 2 + M, D]',
        describe(shapes),
      );
    const negatives = (stacked ? (first[1] as number) : shapes.length) - 2;
    return [first[0], first[0] === null ? null : first[0] + negatives];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean } = {}): tf.Tensor {
    const list = Array.isArray(inputs) ? inputs : [inputs];
    for (const x of list)
      checkTensor('the inputs of batchSimilarities()', x, 'float32 embeddings, not empty', ({ dtype, size }) => {
        return dtype === 'float32' && size > 0;
      });
    this.computeOutputShape(list.map(({ shape }) => shape));
    if (kwargs.training && list[0].shape[0] === 1)
      warnOnce(`batchSimilarities() trains on a batch of one image, which has no other as a negative. ${leaveOut}`);
    return tf.tidy(() => {
      const [query, key, ...negatives] = (list.length === 1 ? tf.unstack(list[0], 1) : list).map((x) => l2Normalize(x));
      return contrastiveSimilarities(query, key, { negatives });
    });
  }

  /** @nocollapse */
  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    return new cls(optionsOf(config));
  }
}

/** Makes a `BatchSimilarities` layer. @throws ArgumentError for an option that is not as described. */
export function batchSimilarities(args: BatchSimilaritiesArgs = {}): BatchSimilarities {
  return new BatchSimilarities(args);
}
