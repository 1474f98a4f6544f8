import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { updateElementwise } from '../support/elementwise';
import { ArgumentError, checkNames, checkNumber, describe } from '../support/errors';
import { l2Normalize } from '../support/l2Normalize';
import { optionsOf } from '../support/rebuild';
import { untaped } from '../support/untaped';
import { buildModel, copyModel, type ModelConfig, modelConfig } from './copyModel';

/** The keywords that tfjs hands to a layer's `call`. */
interface CallArgs {
  training?: boolean;
}

/** tfjs-layers does not export the type of its layers' configuration; these are the parts that matter here. */
interface LayerArgs {
  name?: string;
  trainable?: boolean;
}

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
 * forward pass; k <- m k + (1 - m) q over all parameters, with the query weights from before the optimiser's step; one
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
  /** Its moving average, for keys and negatives. */
  readonly keyEncoder: tfl.LayersModel;
  /** Share kept of the key encoder's weights; may be changed between steps. */
  momentum: number;
  /** Freezing a layer later changes the order of `encoder.weights`, so who belongs to whom is kept from the start. */
  private readonly keyOf: Map<tfl.LayerVariable, tfl.LayerVariable>;

  constructor(args: MomentumEncoderArgs) {
    super(args as ConstructorParameters<typeof tfl.layers.Layer>[0]);
    checkNames('momentumEncoder()', args, ['encoder', 'momentum', 'name', 'trainable', 'dtype']);
    this.encoder = checkEncoder(args.encoder);
    this.momentum = checkNumber('momentum', args.momentum ?? 0.999, { min: 0, max: 1 });
    this.keyEncoder = copyModel(this.encoder, 'key_');
    this.keyOf = new Map(this.encoder.weights.map((weight, i) => [weight, this.keyEncoder.weights[i]]));
    // Only the variables are frozen: a layer's own flag would change batch normalisation and the order of the weights.
    for (const weight of this.keyEncoder.weights) (weight.read() as tf.Variable).trainable = false;
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
    const shapes = (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as tfl.Shape[];
    if (shapes.length < 2)
      throw new ArgumentError('the inputs of momentumEncoder()', '[query, key, …negatives]', `${shapes.length} input`);
    const expected = this.encoder.inputs[0].shape;
    for (const shape of shapes) {
      if (
        shape.length !== expected.length ||
        !shape.every((n, i) => n === null || expected[i] === null || n === expected[i])
      )
        throw new ArgumentError(
          'the inputs of momentumEncoder()',
          `the encoder's input shape ${describe(expected)}`,
          describe(shape),
        );
    }
    return [shapes[0][0], shapes.length, this.encoder.outputs[0].shape[1]];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: CallArgs): tf.Tensor {
    const [query, ...others] = inputs as tf.Tensor[];
    const embed = (encoder: tfl.LayersModel, x: tf.Tensor) => l2Normalize(first(encoder.call(x, { ...kwargs })));
    return tf.tidy(() => {
      const queries = tf.expandDims(embed(this.encoder, query), 1);
      const keys = untaped(() => {
        if (kwargs.training) this.updateKeyEncoder();
        return tf.stack(
          others.map((x) => tf.tidy(() => embed(this.keyEncoder, x))),
          1,
        );
      });
      return tf.concat([queries, keys], 1);
    });
  }

  /** k <- m k + (1 - m) q, over what is trained in the query encoder. */
  private updateKeyEncoder(): void {
    const { momentum } = this;
    const queries = this.encoder.trainableWeights.filter((query) => this.keyOf.has(query));
    const keys = queries.map((query) => this.keyOf.get(query) as tfl.LayerVariable);
    const rows = queries.map((query, i): [tf.Tensor, tf.Tensor] => [keys[i].read(), query.read()]);
    const average = (key: tf.Tensor, query: tf.Tensor) => tf.add(tf.mul(key, momentum), tf.mul(query, 1 - momentum));
    updateElementwise(rows, (key, query) => [average(key, query)]).forEach(([key], i) => {
      keys[i].write(key);
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

function checkEncoder(encoder: tfl.LayersModel): tfl.LayersModel {
  if (!(encoder instanceof tfl.LayersModel))
    throw new ArgumentError('option encoder', 'a tf.LayersModel', describe(encoder));
  const { inputs, outputs } = encoder;
  const received = `inputs ${describe(inputs?.map((x) => x.shape))} and outputs ${describe(outputs?.map((x) => x.shape))}`;
  if (inputs?.length !== 1 || outputs?.length !== 1 || outputs[0].shape.length !== 2 || !outputs[0].shape[1])
    throw new ArgumentError('option encoder', 'a built model with one input and one output [N, D]', received);
  return encoder;
}

function first(output: tf.Tensor | tf.Tensor[]): tf.Tensor {
  return Array.isArray(output) ? output[0] : output;
}
