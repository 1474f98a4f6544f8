import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { l2Normalize } from '../support/l2Normalize';

const Serializable = /* @__PURE__ */ (() => tf.serialization.Serializable)();

/**
 * Initializes rows in random directions: Gaussian vectors scaled to unit length.
 *
 * An initializer, because loading a model skips those: a file cannot cause work that its weights do not justify.
 */
export class UnitRows extends Serializable {
  /** @nocollapse */
  static readonly className = 'NonSemanticUnitRows';

  constructor(private readonly seed: number) {
    super();
  }

  apply(shape: tfl.Shape): tf.Tensor {
    const { seed } = this;
    return tf.tidy(() => l2Normalize(tfl.initializers.randomNormal({ mean: 0, stddev: 1, seed }).apply(shape)));
  }

  fromConfigUsesCustomObjects(): boolean {
    return false;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { seed: this.seed };
  }
}
