import type * as tf from '@tensorflow/tfjs-core';
import { checkNumber } from '../support/checks';
import { ArgumentError, describe } from '../support/errors';

/**
 * Sets the learning rate of any tfjs optimizer; some of them ignore the property, others have no setter.
 *
 * @throws ArgumentError for a negative rate, and for anything but an optimizer.
 */
export function setLearningRate(optimizer: tf.Optimizer, learningRate: number): void {
  checkNumber('learningRate', learningRate, { min: 0 });
  if (typeof optimizer?.applyGradients !== 'function')
    throw new ArgumentError('the optimizer', 'a tf.Optimizer', describe(optimizer));
  const settable = optimizer as unknown as { learningRate: number; setLearningRate?(learningRate: number): void };
  if (settable.setLearningRate) settable.setLearningRate(learningRate);
  settable.learningRate = learningRate;
}
