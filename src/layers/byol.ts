import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { ArgumentError } from '../support/errors';
import { readOptions } from '../support/options';
import { optionsOf } from '../support/rebuild';
import { stopGradient } from '../support/stopGradient';
import { type ByolArgs, byolOptions } from './byolArgs';
import { tagDirections } from './byolRows';
import { ContrastiveLayer } from './contrastiveLayer';
import { chainModels, checkWidths } from './models/chainModels';
import { buildModel, type ModelConfig, modelConfig } from './models/modelConfig';
import { MovingAverage } from './models/movingAverage';
import { checkViewShapes, checkViews, embed, outputOf } from './models/views';

/**
 * BYOL with non-semantic negatives: predicts how a slowly moving copy of encoder and projector, the target network,
 * sees the other view.
 *
 * Inputs `[query, key, negative_0, …]`, each a batch for the encoder. Output unit rows `[N, 4 + M, D]`, first those of
 * the direction from query to key, then those of the other:
 *
 *     [p(query), z(key), z(t_1) … z(t_m)  |  p(key), z(query), z(t_m+1) … z(t_M)]
 *
 * with p = predictor(projector(encoder(x))) and z the target network. A negative belongs to the direction of the view
 * that it was made from. Without `keyNegatives` that is the first, so m = M and the second is `[p(key), z(query)]`.
 *
 * In training, in this order: the predictions of query and of key; z <- m z + (1 - m) w once, over all parameters w of
 * encoder and projector, from before the optimizer's step; one pass each for the targets, each with batch statistics
 * of its own. Targets have no gradient, and their activations are not kept. Layers frozen in encoder or projector, at
 * any time, are frozen in the target network too. The regularizers of the three networks count.
 *
 * Source: Grill et al. 2020 (BYOL), section 3.1; negatives as in `nonSemanticByol`.
 */
export class Byol extends ContrastiveLayer {
  /** @nocollapse */
  static readonly className = 'NonSemanticByol';
  /** The encoder that was passed in, not a copy. */
  readonly encoder: tfl.LayersModel;
  /** The projector that was passed in, not a copy; undefined without one. */
  readonly projector?: tfl.LayersModel;
  /** The predictor that was passed in, not a copy. */
  readonly predictor: tfl.LayersModel;
  /** Share kept of the target network's weights; may be changed between steps. */
  momentum: number;
  /** How many of the last negatives belong to the key, at least 0. */
  readonly keyNegatives: number;
  /** Encoder and projector as one model: its moving average is the target network. */
  private readonly online: tfl.LayersModel;
  private readonly average: MovingAverage;

  constructor(args: ByolArgs) {
    const { name, trainable, ...options } = readOptions('byol', args, byolOptions);
    super({ name });
    tf.serialization.registerClass(Byol);
    this.encoder = options.encoder;
    this.projector = options.projector;
    this.predictor = options.predictor;
    this.momentum = options.momentum;
    this.keyNegatives = options.keyNegatives;
    this.online = this.projector ? chainModels(this.encoder, this.projector, 'projector') : this.encoder;
    const width = this.online.outputs[0].shape[1] as number;
    checkWidths('predictor', this.predictor, width, width);
    this.average = new MovingAverage('option encoder', this.online, 'target_');
    this.ownModels(trainable);
  }

  /** The target network: the moving average of encoder and projector. */
  get target(): tfl.LayersModel {
    return this.average.model;
  }

  protected override get trainedModels(): readonly tfl.LayersModel[] {
    return [this.encoder, ...(this.projector ? [this.projector] : []), this.predictor];
  }

  protected override get targetModels(): readonly tfl.LayersModel[] {
    return [this.target];
  }

  override build(inputShape: tfl.Shape | tfl.Shape[]): void {
    this.computeOutputShape(inputShape);
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: tfl.Shape | tfl.Shape[]): tfl.Shape {
    const shapes = checkViewShapes('byol()', inputShape, this.encoder);
    const negatives = shapes.length - 2;
    if (this.keyNegatives > negatives)
      throw new ArgumentError('option keyNegatives', `a number of at most ${negatives}`, `${this.keyNegatives}`);
    return [shapes[0][0], 4 + negatives, this.online.outputs[0].shape[1]];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor {
    const [query, key, ...negatives] = checkViews('byol()', inputs, this.trainedModels, kwargs);
    const ofQuery = negatives.length - this.keyNegatives;
    const predict = (x: tf.Tensor) => tf.expandDims(embed(this.predictor, outputOf(this.online, x, kwargs), kwargs), 1);
    const rows = tf.tidy(() => {
      const [fromQuery, fromKey] = [query, key].map(predict);
      const targets = stopGradient(() => {
        if (kwargs.training) this.average.update(this.momentum);
        const { target } = this;
        const ordered = [key, ...negatives.slice(0, ofQuery), query, ...negatives.slice(ofQuery)];
        return tf.stack(
          ordered.map((x) => tf.tidy(() => embed(target, x, kwargs))),
          1,
        );
      });
      const [forQuery, forKey] = tf.split(targets, [1 + ofQuery, 1 + this.keyNegatives], 1);
      return tf.concat([fromQuery, forQuery, fromKey, forKey], 1);
    });
    return tagDirections(rows, [ofQuery, this.keyNegatives]);
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { encoder, projector, predictor, momentum, keyNegatives } = this;
    return {
      ...super.getConfig(),
      momentum,
      keyNegatives,
      encoder: modelConfig(encoder),
      predictor: modelConfig(predictor),
      ...(projector ? { projector: modelConfig(projector) } : {}),
    };
  }

  /** @nocollapse */
  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    const build = (part: string) => (config[part] ? { [part]: buildModel(config[part] as ModelConfig) } : {});
    return new cls({ ...optionsOf(config), ...build('encoder'), ...build('projector'), ...build('predictor') });
  }
}

/** Makes a `Byol` layer. @throws ArgumentError for models that do not fit together, or an option out of range. */
export function byol(args: ByolArgs): Byol {
  return new Byol(args);
}
