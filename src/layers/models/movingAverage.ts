import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { hasCustomKernel, runCustomKernel } from '../../support/customKernels';
import { updateElementwise } from '../../support/elementwise';
import { ArgumentError } from '../../support/errors';
import type { BatchNormalization } from '../batchNormalization';
import { copyModel, variableOf, writeWeight } from './copyModel';
import { builtLate, type LayerPair, ownWeights } from './layerTree';
import { setTrainable } from './modelConfig';

/** A copy of a model whose weights follow the model's own: k <- m k + (1 - m) q. No optimizer trains it. */
export class MovingAverage {
  private readonly copy: tfl.LayersModel;
  private readonly layers: readonly LayerPair[];
  /** Layers of the source that may get weights yet: those within a layer of a user's own, as a rule without any. */
  private readonly unbuilt: readonly tfl.layers.Layer[];
  /**
   * The weights that a layer adds as trainable, frozen or not; the rest are statistics, such as batch normalization's.
   */
  private readonly parameters: ReadonlySet<tfl.LayerVariable>;

  /**
   * @param subject What the model is, such as `option encoder`.
   * @param prefix Of the names of the copy's layers.
   */
  constructor(
    private readonly subject: string,
    source: tfl.LayersModel,
    prefix: string,
  ) {
    const { copy, layers } = copyModel(subject, source, prefix);
    for (const { copy } of layers) copy.trainable = true;
    this.parameters = new Set(copy.trainableWeights);
    this.copy = copy;
    this.layers = layers;
    this.unbuilt = layers.map(({ source }) => source).filter(({ built }) => !built);
    this.follow();
  }

  get model(): tfl.LayersModel {
    this.follow();
    return this.copy;
  }

  /**
   * Moves the parameters by one step. Statistics are the copy's own, except in a frozen layer: there they are constants
   * of the function that the copy follows.
   */
  update(momentum: number): void {
    if (momentum === 1) return;
    const pairs = this.layers.flatMap(({ source, weights }) => {
      const parameters = weights.filter(([, copy]) => this.parameters.has(copy));
      const frozen = !source.trainable || (parameters.length > 0 && parameters.every(([from]) => !from.trainable));
      return (frozen ? weights : parameters).filter(([from]) => from.dtype === 'float32');
    });
    const rows = pairs.map(([from, to]): [tf.Tensor, tf.Tensor] => [to.read(), from.read()]);
    const updated = hasCustomKernel('MovingAverage')
      ? rows.map(([average, value]) => [runCustomKernel('MovingAverage', { average, value }, { momentum })])
      : // Written so that equal weights stay equal to the bit.
        updateElementwise(rows, (k, q) => [tf.add(q, tf.mul(tf.sub(k, q), momentum))]);
    updated.forEach(([k], i) => {
      writeWeight(pairs[i][1], k);
    });
  }

  /** Freezes the copy where its source is frozen; optimizers never reach the copy's variables. */
  private follow(): void {
    const late = this.unbuilt.find((layer) => ownWeights(layer).length > 0);
    if (late) throw builtLate(this.subject, late);
    for (const { source, copy } of this.layers) {
      setTrainable(copy, source.trainable);
      if (hasSplits(source)) (copy as BatchNormalization).splits = source.splits;
      if (source instanceof tfl.LayersModel && copy instanceof tfl.LayersModel) this.checkLayers(source, copy);
    }
    for (const { weights } of this.layers) {
      for (const [from, to] of weights) {
        setTrainable(to, from.trainable);
        variableOf(to).trainable = false;
      }
    }
  }

  private checkLayers({ layers }: tfl.LayersModel, copy: tfl.LayersModel): void {
    if (layers.length !== copy.layers.length)
      throw new ArgumentError(
        this.subject,
        `a model of the ${copy.layers.length} layers that it had`,
        `one of ${layers.length}`,
        'Add or remove layers before it is copied.',
      );
  }
}

/** Recognizes the layer by name: a bundle need not hold a class that no model has. */
function hasSplits(layer: tfl.layers.Layer): layer is BatchNormalization {
  return layer.getClassName() === 'NonSemanticBatchNormalization';
}
