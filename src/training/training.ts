import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import type { ContrastiveDataset } from '../data/contrastiveDataset';
import { checkLayersModel } from '../support/checkModel';
import { ArgumentError, describe } from '../support/errors';
import { custom, optional } from '../support/options';

/** What a training consists of. */
export interface Training {
  /** The model; its weights include both encoders with their batch-norm statistics, the queue and its pointer. */
  model: tfl.LayersModel;
  /** The optimizer. @default the one that the model was compiled with */
  optimizer?: tf.Optimizer;
  /**
   * The dataset at the start of the chain, before `.map` and `.prefetch`. @default the position in the data is not kept
   */
  dataset?: ContrastiveDataset;
}

/** What a custom loop reports after a step; one object serves alarms and checkpoint. */
export interface StepResult {
  /** The epoch of the step, from 0. */
  epoch?: number;
  /** The loss of the step, a number or a scalar, which is not disposed. */
  loss?: tf.Tensor | number;
}

export const trainingOptions = {
  model: custom((name, value) => checkLayersModel(`option ${name}`, value as tfl.LayersModel)),
  optimizer: optional(custom((_, value) => optimizerOf(undefined, value as tf.Optimizer))),
  dataset: optional(custom(checkDataset)),
};

/** Returns the parts of a training, with its optimizer. @throws ArgumentError if one of them does not fit. */
export function checkTraining(training: Training) {
  const { model, optimizer, dataset } = training ?? {};
  return {
    model: trainingOptions.model.read('model', model),
    optimizer: optimizerOf(model, optimizer),
    dataset: trainingOptions.dataset.read('dataset', dataset),
  };
}

function checkDataset(name: string, value: unknown): ContrastiveDataset {
  const dataset = value as ContrastiveDataset;
  // By what it does: it may come from another copy of this package.
  if (typeof dataset?.startAt === 'function' && 'order' in dataset) return dataset;
  throw new ArgumentError(`option ${name}`, 'a contrastiveDataset', describe(value));
}

/** Returns the optimizer given, or the one that the model was compiled with. @throws ArgumentError if there is none. */
export function optimizerOf(model: tfl.LayersModel | undefined, given?: tf.Optimizer): tf.Optimizer {
  const optimizer = given ?? model?.optimizer;
  // tfjs's own `instanceof` throws on what is undefined.
  if (optimizer && optimizer instanceof tf.Optimizer) return optimizer;
  throw new ArgumentError('option optimizer', 'a tf.Optimizer, or a compiled model', describe(optimizer));
}
