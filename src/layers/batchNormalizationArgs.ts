import type * as tfl from '@tensorflow/tfjs-layers';
import { boolean, custom, integer, number, optional, text } from '../support/options';

/** How a batch is normalized: the options of `tf.layers.batchNormalization`, and `splits`. */
export interface BatchNormalizationArgs extends NonNullable<Parameters<typeof tfl.layers.batchNormalization>[0]> {
  /**
   * Number of equal parts, in order, into which the batch is split; each is normalized separately. It replaces shuffled
   * batch normalization across GPUs on one device: statistics shared by the whole batch could give a contrastive task
   * away (He et al. 2020, section 3.3). @default 1
   */
  splits?: number;
}

/** Left to tfjs. */
const unchecked = optional(custom((_, value) => value as never));

export const batchNormalizationOptions = {
  splits: integer({ min: 1, default: 1 }),
  axis: optional(integer()),
  momentum: optional(number({ min: 0, max: 1 })),
  epsilon: optional(number({ min: 0 })),
  center: boolean({ default: true }),
  scale: boolean({ default: true }),
  betaInitializer: unchecked,
  gammaInitializer: unchecked,
  movingMeanInitializer: unchecked,
  movingVarianceInitializer: unchecked,
  betaConstraint: unchecked,
  gammaConstraint: unchecked,
  betaRegularizer: unchecked,
  gammaRegularizer: unchecked,
  name: optional(text()),
  trainable: boolean({ default: true }),
  dtype: unchecked,
  inputShape: unchecked,
  batchInputShape: unchecked,
  batchSize: unchecked,
  weights: unchecked,
  inputDType: unchecked,
};
