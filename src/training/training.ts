import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { ContrastiveDataset } from '../data/contrastiveDataset';
import { checkLayersModel } from '../support/checkModel';
import { ArgumentError, describe } from '../support/errors';

/** The parts of a training that have a state. */
export interface Training {
  /** Its weights are both encoders with their batch-norm statistics, the queue and its pointer. */
  model: tfl.LayersModel;
  /** @default the optimizer that the model was compiled with */
  optimizer?: tf.Optimizer;
  /** The dataset at the start of the chain, before `.map` and `.prefetch`. @default the place in the data is not checked */
  dataset?: ContrastiveDataset;
}

/** Returns the parts of a training, and what trains it. @throws ArgumentError if one is not what it should be. */
export function checkTraining(training: Training) {
  const { model, optimizer, dataset } = training ?? {};
  checkLayersModel('option model', model);
  if (dataset !== undefined && !(dataset instanceof ContrastiveDataset))
    throw new ArgumentError('option dataset', 'a contrastiveDataset', describe(dataset));
  return { model, optimizer: optimizerOf(model, optimizer), dataset };
}

/** What trains a model: the optimizer given, or the one it was compiled with. @throws ArgumentError if there is none. */
export function optimizerOf(model: tfl.LayersModel | undefined, given?: tf.Optimizer): tf.Optimizer {
  const optimizer = given ?? model?.optimizer;
  // tfjs's own `instanceof` throws on what is undefined.
  if (optimizer && optimizer instanceof tf.Optimizer) return optimizer;
  throw new ArgumentError('option optimizer', 'a tf.Optimizer, or a compiled model', describe(optimizer));
}
