import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { checkEncoder } from '../support/checkModel';
import { checkNames, checkNumber } from '../support/errors';
import { optionsOf } from '../support/rebuild';
import { stopGradient } from '../support/stopGradient';
import { buildModel, type ModelConfig, modelConfig } from './copyModel';
import { checkLayerOptions } from './layerOptions';
import { MovingAverage } from './movingAverage';
import { type CallArgs, checkViewShapes, checkViews, embed, type LayerArgs } from './views';

/** Options of `momentumEncoder`. */
export interface MomentumEncoderArgs extends LayerArgs {
  /** The query encoder, with one input and an output `[N, D]`. Trained as it is; not copied. */
  encoder: tfl.LayersModel;
  /** Share of the key encoder's weights that a step keeps, 0 … 1. @default 0.999 */
  momentum?: number;
}

/**
 * Embeds queries with an encoder, and keys and negatives with its slowly moving copy.
 *
 * Inputs `[query, key, negative_0, …]`, each a batch for the encoder; output one tensor `[N, 2 + M, D]` of unit rows in
 * that order (several outputs would make tfjs run the layer once an output). In training, in this order: the query
 * forward pass; k <- m k + (1 - m) q over all parameters, with the query weights from before the optimizer's step; one
 * forward pass each for keys and negatives, with batch statistics of their own. Keys and negatives are off the tape: no
 * gradient, no activations kept. The key encoder's moving batch statistics are its own and do not follow the query's.
 *
 * Source: He et al. 2020 (MoCo), algorithm 1; the authors' `moco/builder.py`.
 */
export class MomentumEncoder extends tfl.layers.Layer {
  /** @nocollapse */
  static readonly className = 'NonSemanticMomentumEncoder';
  /** The query encoder: the very model passed in. */
  readonly encoder: tfl.LayersModel;
  /** Share kept of the key encoder's weights; may be changed between steps. */
  momentum: number;
  private readonly average: MovingAverage;

  constructor(args: MomentumEncoderArgs) {
    super((args ?? {}) as ConstructorParameters<typeof tfl.layers.Layer>[0]);
    checkNames('momentumEncoder()', args, ['encoder', 'momentum', 'name', 'trainable', 'dtype']);
    checkLayerOptions(args);
    this.encoder = checkEncoder('option encoder', args.encoder);
    this.momentum = checkNumber('momentum', args.momentum ?? 0.999, { min: 0, max: 1 });
    this.average = new MovingAverage(this.encoder, 'key_');
  }

  /** The encoder's moving average, for keys and negatives. */
  get keyEncoder(): tfl.LayersModel {
    return this.average.model;
  }

  override get trainableWeights() {
    return this.trainable ? this.encoder.trainableWeights : [];
  }

  override get nonTrainableWeights() {
    const frozen = this.trainable ? [] : this.encoder.trainableWeights;
    return [...frozen, ...this.encoder.nonTrainableWeights, ...this.keyEncoder.weights];
  }

  override build(inputShape: tfl.Shape | tfl.Shape[]): void {
    this.computeOutputShape(inputShape);
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: tfl.Shape | tfl.Shape[]): tfl.Shape {
    const shapes = checkViewShapes('momentumEncoder()', inputShape, this.encoder);
    return [shapes[0][0], shapes.length, this.encoder.outputs[0].shape[1]];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: CallArgs): tf.Tensor {
    const [query, ...others] = checkViews('momentumEncoder()', inputs, this.encoder);
    return tf.tidy(() => {
      const queries = tf.expandDims(embed(this.encoder, query, kwargs), 1);
      const keys = stopGradient(() => {
        if (kwargs.training) this.average.update(this.momentum);
        return tf.stack(
          others.map((x) => tf.tidy(() => embed(this.keyEncoder, x, kwargs))),
          1,
        );
      });
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
tf.serialization.registerClass(MomentumEncoder);

/** Makes a `MomentumEncoder` layer. @throws ArgumentError for a momentum outside 0 … 1 or an encoder that does not fit. */
export function momentumEncoder(args: MomentumEncoderArgs): MomentumEncoder {
  return new MomentumEncoder(args);
}
