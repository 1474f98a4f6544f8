import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { ArgumentError, describe } from '../support/errors';

/** What trains a model: the optimiser given, or the one it was compiled with. @throws ArgumentError if there is none. */
export function optimizerOf(model: tfl.LayersModel | undefined, given?: tf.Optimizer): tf.Optimizer {
  const optimizer = given ?? model?.optimizer;
  // tfjs's own `instanceof` throws on what is undefined.
  if (optimizer && optimizer instanceof tf.Optimizer) return optimizer;
  throw new ArgumentError('option optimizer', 'a tf.Optimizer, or a compiled model', describe(optimizer));
}
