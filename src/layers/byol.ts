import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { checkEncoder } from '../support/checkModel';
import { ArgumentError, checkNames, checkNumber } from '../support/errors';
import { optionsOf } from '../support/rebuild';
import { stopGradient } from '../support/stopGradient';
import { tagDirections } from './byolRows';
import { chainModels, checkWidths } from './chainModels';
import { buildModel, type ModelConfig, modelConfig } from './copyModel';
import { checkLayerOptions } from './layerOptions';
import { MovingAverage } from './movingAverage';
import { type CallArgs, checkViewShapes, checkViews, embed, type LayerArgs, outputOf } from './views';

/** Options of `byol`. */
export interface ByolArgs extends LayerArgs {
  /** From images to features `[N, F]`. Trained as it is; not copied. */
  encoder: tfl.LayersModel;
  /** From features to projections `[N, D]`, such as a `predictionHead`. @default none: the encoder has its head on */
  projector?: tfl.LayersModel;
  /** From projections to predictions of projections, both `[N, D]`, such as a `predictionHead`. */
  predictor: tfl.LayersModel;
  /** Share of the target network's weights that a step keeps, 0 … 1; see `momentumScheduler`. @default 0.996 */
  momentum?: number;
  /**
   * How many of the negatives, the last ones, were made from the key view. `patchNegative` and `textureNegative` make
   * theirs from the query view, or of the image in the query's draw. @default 0
   */
  keyNegatives?: number;
}

/**
 * BYOL with non-semantic negatives: predicts how a slowly moving copy of encoder and projector, the target network, sees
 * the other view.
 *
 * Inputs `[query, key, negative_0, …]`, each a batch for the encoder. Output unit rows `[N, 4 + M, D]`, first those of
 * the direction from query to key, then those of the other:
 *
 *     [p(query), z(key), z(t_1) … z(t_m)  |  p(key), z(query), z(t_m+1) … z(t_M)]
 *
 * with p = predictor(projector(encoder(x))) and z the target network. A negative stands in the direction of the view
 * that it was made from: without `keyNegatives` in the first, so that m = M and the second is `[p(key), z(query)]`.
 *
 * In training, in this order: the predictions of query and of key; z <- m z + (1 - m) o once, over the parameters of
 * encoder and projector, from before the optimizer's step; one pass each for the targets, each with batch statistics of
 * its own. Targets are off the tape: no gradient, no activations kept.
 *
 * Source: Grill et al. 2020 (BYOL), section 3.1; negatives as in `nonSemanticByol`.
 */
export class Byol extends tfl.layers.Layer {
  /** @nocollapse */
  static readonly className = 'NonSemanticByol';
  /** The very models passed in. */
  readonly encoder: tfl.LayersModel;
  readonly projector?: tfl.LayersModel;
  readonly predictor: tfl.LayersModel;
  /** Share kept of the target network's weights; may be changed between steps. */
  momentum: number;
  readonly keyNegatives: number;
  /** Encoder and projector as one model: its moving average is the target network. */
  private readonly online: tfl.LayersModel;
  private readonly average: MovingAverage;

  constructor(args: ByolArgs) {
    super((args ?? {}) as ConstructorParameters<typeof tfl.layers.Layer>[0]);
    const own = ['encoder', 'projector', 'predictor', 'momentum', 'keyNegatives'];
    checkNames('byol()', args, [...own, 'name', 'trainable', 'dtype']);
    checkLayerOptions(args);
    this.encoder = checkEncoder('option encoder', args.encoder);
    this.projector = args.projector === undefined ? undefined : checkEncoder('option projector', args.projector);
    this.predictor = checkEncoder('option predictor', args.predictor);
    this.momentum = checkNumber('momentum', args.momentum ?? 0.996, { min: 0, max: 1 });
    this.keyNegatives = checkNumber('keyNegatives', args.keyNegatives ?? 0, { min: 0, integer: true });
    this.online = this.projector ? chainModels(this.encoder, this.projector, 'projector') : this.encoder;
    const width = this.online.outputs[0].shape[1] as number;
    checkWidths('predictor', this.predictor, width, width);
    this.average = new MovingAverage(this.online, 'target_');
  }

  /** The target network: the moving average of encoder and projector. */
  get target(): tfl.LayersModel {
    return this.average.model;
  }

  override get trainableWeights() {
    return this.trainable ? [...this.online.trainableWeights, ...this.predictor.trainableWeights] : [];
  }

  override get nonTrainableWeights() {
    const { online, predictor, target } = this;
    const frozen = this.trainable ? [] : [...online.trainableWeights, ...predictor.trainableWeights];
    return [...frozen, ...online.nonTrainableWeights, ...predictor.nonTrainableWeights, ...target.weights];
  }

  override build(inputShape: tfl.Shape | tfl.Shape[]): void {
    this.computeOutputShape(inputShape);
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: tfl.Shape | tfl.Shape[]): tfl.Shape {
    const shapes = checkViewShapes('byol()', inputShape, this.encoder);
    const negatives = shapes.length - 2;
    if (this.keyNegatives > negatives)
      throw new ArgumentError('option keyNegatives', `at most the ${negatives} negatives`, `${this.keyNegatives}`);
    return [shapes[0][0], 4 + negatives, this.online.outputs[0].shape[1]];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: CallArgs): tf.Tensor {
    const [query, key, ...negatives] = checkViews('byol()', inputs, this.encoder);
    const ofQuery = negatives.length - this.keyNegatives;
    const predict = (x: tf.Tensor) => tf.expandDims(embed(this.predictor, outputOf(this.online, x, kwargs), kwargs), 1);
    const rows = tf.tidy(() => {
      const [fromQuery, fromKey] = [query, key].map(predict);
      const targets = stopGradient(() => {
        if (kwargs.training) this.average.update(this.momentum);
        const ordered = [key, ...negatives.slice(0, ofQuery), query, ...negatives.slice(ofQuery)];
        return tf.stack(
          ordered.map((x) => tf.tidy(() => embed(this.target, x, kwargs))),
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
tf.serialization.registerClass(Byol);

/** Makes a `Byol` layer. @throws ArgumentError for models that do not fit together, or an option out of range. */
export function byol(args: ByolArgs): Byol {
  return new Byol(args);
}
