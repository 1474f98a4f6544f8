import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { checkTensor } from '../support/checks';
import { ArgumentError, describe } from '../support/errors';
import { readOptions } from '../support/options';
import { optionsOf } from '../support/rebuild';
import { type BatchNormalizationArgs, batchNormalizationOptions } from './batchNormalizationArgs';
import { normalizeBatch } from './normalizeBatch';

/** tfjs-layers does not export its own layer's class, whose options, weights and configuration this layer keeps. */
const StockBatchNormalization = /* @__PURE__ */ (() =>
  tfl.layers.batchNormalization({ name: 'stock' }).constructor as typeof tfl.layers.Layer)();

/** The parts of tfjs's layer that it declares as private. */
interface Parts {
  axis: number;
  momentum: number;
  epsilon: number;
  gamma?: tfl.LayerVariable;
  beta?: tfl.LayerVariable;
  movingMean: tfl.LayerVariable;
  movingVariance: tfl.LayerVariable;
}

class BatchNormalizationLayer extends StockBatchNormalization {
  /** @nocollapse */
  static readonly className = 'NonSemanticBatchNormalization';
  splits: number;

  constructor(args: BatchNormalizationArgs = {}) {
    const { splits, ...options } = readOptions('batchNormalization', args, batchNormalizationOptions);
    // Named like tfjs's own layer, as which it may be exported.
    const name = options.name ?? tfl.layers.batchNormalization().name;
    super({ ...options, name } as ConstructorParameters<typeof tfl.layers.Layer>[0]);
    tf.serialization.registerClass(BatchNormalizationLayer);
    this.splits = splits;
  }

  override build(inputShape: tfl.Shape | tfl.Shape[]): void {
    const shape = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as tfl.Shape;
    const { axis } = this.parts;
    if (!shape.at(axis))
      throw new ArgumentError(
        'option axis',
        'an axis of the input with a size above 0',
        `${axis} of ${describe(shape)}`,
      );
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    checkTensor(
      'the input of batchNormalization()',
      x,
      'a float32 tensor, not empty',
      ({ dtype, size }) => dtype === 'float32' && size > 0,
    );
    const normalize = (x: tf.Tensor) => (kwargs.training && !this.isFrozen() ? this.train(x) : this.infer(x));
    const axis = (this.parts.axis + x.rank) % x.rank;
    return tf.tidy(() => {
      if (axis === x.rank - 1) return normalize(x);
      const axes = x.shape.map((_, i) => i).filter((i) => i !== axis);
      const undo = [...axes.slice(0, axis), x.rank - 1, ...axes.slice(axis).map((i) => i - 1)];
      return tf.transpose(normalize(tf.transpose(x, [...axes, axis])), undo);
    });
  }

  private train(x: tf.Tensor): tf.Tensor {
    const [gamma, beta] = this.gammaAndBeta();
    const normalize = (part: tf.Tensor) => normalizeBatch(part, gamma, beta, this.parts.epsilon, this.parts);
    if (this.splits === 1) return normalize(x);
    if (x.shape[0] % this.splits !== 0)
      throw new ArgumentError(`the batch of layer ${this.name}`, `a multiple of splits = ${this.splits}`, describe(x));
    return tf.concat(tf.split(x, this.splits).map(normalize));
  }

  private infer(x: tf.Tensor): tf.Tensor {
    const { movingMean, movingVariance, epsilon } = this.parts;
    const [gamma, beta] = this.gammaAndBeta();
    const rows = tf.reshape(x, [-1, gamma.size]) as tf.Tensor2D;
    const [mean, variance] = [movingMean.read(), movingVariance.read()] as tf.Tensor1D[];
    return tf.reshape(tf.batchNorm2d(rows, mean, variance, beta, gamma, epsilon), x.shape);
  }

  /** Ones and zeros where the layer has no scale or center: tfjs does not differentiate without them. */
  private gammaAndBeta(): [tf.Tensor1D, tf.Tensor1D] {
    const { gamma, beta, movingMean } = this.parts;
    const gammas = gamma?.read() ?? tf.ones(movingMean.shape as [number]);
    return [gammas as tf.Tensor1D, (beta?.read() ?? tf.zerosLike(gammas)) as tf.Tensor1D];
  }

  /** Tells whether the layer is frozen: by its own flag, or by a frozen model, which sets each weight's. */
  private isFrozen(): boolean {
    const weights = [this.parts.gamma, this.parts.beta].filter((weight) => weight !== undefined);
    return !this.trainable || (weights.length > 0 && weights.every((weight) => !weight.trainable));
  }

  private get parts(): Parts {
    return this as unknown as Parts;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), splits: this.splits };
  }

  /** @nocollapse */
  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    return new cls(optionsOf(config));
  }
}

/**
 * Batch normalization that trains faster than tfjs's own, with its options, weights and results:
 *
 *     y = gamma (x - mean) / sqrt(variance + epsilon) + beta
 *
 * over all axes but `axis`, `[N, …, C]` to the same shape. In training, mean and (biased) variance are those of the
 * batch, and the moving ones follow: m <- momentum m + (1 - momentum) batch; else the moving ones are used. It works
 * without `scale` or `center`, and frozen (`trainable = false`, of the layer or of the model that holds it) it uses the
 * moving statistics and leaves them alone, in training too. After `accelerate()` on tfjs-node it is one fused
 * operation.
 *
 * Source: Ioffe and Szegedy 2015.
 */
export interface BatchNormalization extends tfl.layers.Layer {
  /** Number of equal parts that are normalized apart; may be changed between steps. */
  splits: number;
}

/** The class of `batchNormalization` layers: a subclass of tfjs's own. */
export const BatchNormalization = BatchNormalizationLayer as unknown as {
  new (args?: BatchNormalizationArgs): BatchNormalization;
  readonly className: string;
};

/** Makes a `BatchNormalization` layer. @throws ArgumentError for an option that is not as described. */
export function batchNormalization(args: BatchNormalizationArgs = {}): BatchNormalization {
  return new BatchNormalization(args);
}
