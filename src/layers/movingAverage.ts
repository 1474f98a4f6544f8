import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { updateElementwise } from '../support/elementwise';
import { copyModel } from './copyModel';

/** A copy of a model whose weights follow the model's own: k <- m k + (1 - m) q. No optimizer trains it. */
export class MovingAverage {
  readonly model: tfl.LayersModel;
  /** Freezing a layer later changes the order of `source.weights`, so who belongs to whom is kept from the start. */
  private readonly copyOf: Map<tfl.LayerVariable, tfl.LayerVariable>;

  /** @param prefix Of the names of the copy's layers, as two weights of one name would clash in a file. */
  constructor(
    private readonly source: tfl.LayersModel,
    prefix: string,
  ) {
    this.model = copyModel(source, prefix);
    this.copyOf = new Map(source.weights.map((weight, i) => [weight, this.model.weights[i]]));
    // Only the variables are frozen: a layer's own flag would change batch normalization and the order of the weights.
    for (const weight of this.model.weights) (weight.read() as tf.Variable).trainable = false;
  }

  /** One step, over what is trained in the source. Moving batch statistics are the copy's own. */
  update(momentum: number): void {
    const sources = this.source.trainableWeights.filter((source) => this.copyOf.has(source));
    const copies = sources.map((source) => this.copyOf.get(source) as tfl.LayerVariable);
    const rows = sources.map((source, i): [tf.Tensor, tf.Tensor] => [copies[i].read(), source.read()]);
    const average = (copy: tf.Tensor, source: tf.Tensor) =>
      tf.add(tf.mul(copy, momentum), tf.mul(source, 1 - momentum));
    updateElementwise(rows, (copy, source) => [average(copy, source)]).forEach(([copy], i) => {
      copies[i].write(copy);
    });
  }
}
