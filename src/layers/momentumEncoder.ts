import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { number, readOptions } from '../support/options';
import { optionsOf } from '../support/rebuild';
import { stopGradient } from '../support/stopGradient';
import { ContrastiveLayer } from './contrastiveLayer';
import { encoderOption, layerOptions } from './layerArgs';
import { buildModel, type ModelConfig, modelConfig } from './models/modelConfig';
import { MovingAverage } from './models/movingAverage';
import { checkViewShapes, checkViews, embed } from './models/views';

/** The encoder and how its copy follows it. */
export interface MomentumEncoderArgs {
  /** The query encoder, with one input and an output `[N, D]`. Trained as it is; not copied. */
  encoder: tfl.LayersModel;
  /** Share of the key encoder's weights that a step keeps, 0 … 1. @default 0.999 */
  momentum?: number;
  /** @default chosen by tfjs */
  name?: string;
  /** Whether the query encoder is trained. @default true */
  trainable?: boolean;
}

export const momentumEncoderOptions = {
  encoder: encoderOption,
  momentum: number({ min: 0, max: 1, default: 0.999 }),
  ...layerOptions,
};

/**
 * Embeds queries with an encoder, and keys and negatives with its slowly moving copy.
 *
 * Inputs `[query, key, negative_0, …]`, each a batch for the encoder; output one tensor `[N, 2 + M, D]` of unit rows in
 * that order. In training, in this order: the query forward pass; k <- m k + (1 - m) q over all parameters, with the
 * query weights from before the optimizer's step; one forward pass each for keys and negatives, with batch statistics
 * of their own. Keys and negatives have no gradient, and their activations are not kept.
 *
 * The key encoder's moving batch statistics are its own, except in frozen layers, where they follow the query's. Layers
 * frozen in the encoder, at any time, are frozen in the key encoder too. The encoder's regularizers count once.
 *
 * A batch with more negatives than inputs is refused and disposed, since `fitDataset` would leak the rest. In a custom
 * loop, `layer.apply([tf.clone(query), key])` leaves them out; the loop then frees the batch.
 *
 * Source: He et al. 2020 (MoCo), algorithm 1; the authors' `moco/builder.py`.
 */
export class MomentumEncoder extends ContrastiveLayer {
  /** @nocollapse */
  static readonly className = 'NonSemanticMomentumEncoder';
  /** The query encoder: the model passed in, not a copy. */
  readonly encoder: tfl.LayersModel;
  /** Share kept of the key encoder's weights; may be changed between steps. */
  momentum: number;
  private readonly average: MovingAverage;

  constructor(args: MomentumEncoderArgs) {
    const { encoder, momentum, name, trainable } = readOptions('momentumEncoder', args, momentumEncoderOptions);
    super({ name });
    tf.serialization.registerClass(MomentumEncoder);
    this.encoder = encoder;
    this.momentum = momentum;
    this.average = new MovingAverage('option encoder', encoder, 'key_');
    this.ownModels(trainable);
  }

  /** The encoder's moving average, for keys and negatives. */
  get keyEncoder(): tfl.LayersModel {
    return this.average.model;
  }

  protected override get trainedModels(): readonly tfl.LayersModel[] {
    return [this.encoder];
  }

  protected override get targetModels(): readonly tfl.LayersModel[] {
    return [this.keyEncoder];
  }

  override build(inputShape: tfl.Shape | tfl.Shape[]): void {
    this.computeOutputShape(inputShape);
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: tfl.Shape | tfl.Shape[]): tfl.Shape {
    const shapes = checkViewShapes('momentumEncoder()', inputShape, this.encoder);
    return [shapes[0][0], shapes.length, this.encoder.outputs[0].shape[1]];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor {
    const [query, ...others] = checkViews('momentumEncoder()', inputs, this.trainedModels, kwargs);
    return tf.tidy(() => {
      const queries = tf.expandDims(embed(this.encoder, query, kwargs), 1);
      const keys = stopGradient(() => {
        if (kwargs.training) this.average.update(this.momentum);
        const { keyEncoder } = this;
        return tf.stack(
          others.map((x) => tf.tidy(() => embed(keyEncoder, x, kwargs))),
          1,
        );
      });
      // One tensor: tfjs runs a layer of several outputs once for each of them.
      return tf.concat([queries, keys], 1);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), momentum: this.momentum, encoder: modelConfig(this.encoder) };
  }

  /** @nocollapse */
  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    return new cls({ ...optionsOf(config), encoder: buildModel(config.encoder as ModelConfig) });
  }
}

/**
 * Makes a `MomentumEncoder` layer. @throws ArgumentError for a momentum outside 0 … 1 or an encoder that does not fit.
 */
export function momentumEncoder(args: MomentumEncoderArgs): MomentumEncoder {
  return new MomentumEncoder(args);
}
