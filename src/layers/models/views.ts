import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { checkBatch, fitsShape } from '../../support/checkModel';
import { ArgumentError, describe } from '../../support/errors';
import { l2Normalize } from '../../support/l2Normalize';
import { warnOnce } from '../../support/warnOnce';
import { checkNegatives } from '../checkNegatives';
import { hasBatchNormalization } from './hasBatchNormalization';

/** The keywords that tfjs hands to a layer's `call`. */
interface CallArgs {
  training?: boolean;
  mask?: unknown;
}

/** Returns the shapes of `[query, key, …negatives]`, if the encoder takes each. @throws ArgumentError otherwise. */
export function checkViewShapes(
  owner: string,
  inputShape: tfl.Shape | tfl.Shape[],
  encoder: tfl.LayersModel,
): tfl.Shape[] {
  const shapes = (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as tfl.Shape[];
  if (shapes.length < 2)
    throw new ArgumentError(`the inputs of ${owner}`, '[query, key, …negatives]', `${shapes.length} input`);
  const expected = encoder.inputs[0].shape;
  for (const shape of shapes) {
    if (!fitsShape(shape, expected))
      throw new ArgumentError(
        `the inputs of ${owner}`,
        `the encoder's input shape ${describe(expected)}`,
        describe(shape),
      );
  }
  return shapes;
}

export const leaveOut = 'Make larger batches, and leave out a small last one by batch(size, false).';

/**
 * Returns the inputs of a call if they are batches of one size for the encoder.
 *
 * @param models What the layer trains, the encoder first.
 * @throws ArgumentError otherwise.
 */
export function checkViews(
  owner: string,
  inputs: tf.Tensor | tf.Tensor[],
  models: readonly tfl.LayersModel[],
  { mask, training }: CallArgs,
): tf.Tensor[] {
  const views = inputs as tf.Tensor[];
  checkNegatives(owner, views);
  // Such a loop trains, against a still queue and key encoder.
  if (training === undefined && tf.engine().isTapeOn())
    warnOnce(`${owner} is not in training: a step is model.apply(inputs, { training: true }).`);
  if (mask !== undefined && mask !== null)
    throw new ArgumentError(
      `the inputs of ${owner}`,
      'tensors without a mask',
      'a mask',
      'TensorFlow.js hands on the mask of the first input alone: put the layer that makes it into the encoder.',
    );
  for (const x of views) {
    checkBatch(`the inputs of ${owner}`, x, models[0]);
    if (x.shape[0] !== views[0].shape[0])
      throw new ArgumentError(`the inputs of ${owner}`, `batches of ${views[0].shape[0]}`, describe(x));
  }
  if (training && views[0].shape[0] === 1 && models.some(hasBatchNormalization))
    warnOnce(
      `${owner} trains on a batch of one image, over which alone batch normalization takes mean and variance. ${leaveOut}`,
    );
  return views;
}

/** Returns the output of a model with one, for a batch. */
export function outputOf(model: tfl.LayersModel, x: tf.Tensor, { training }: CallArgs): tf.Tensor {
  const output = model.call(x, training === undefined ? {} : { training });
  return Array.isArray(output) ? output[0] : output;
}

/** Embeds a batch: a model's output as unit rows `[N, D]`. */
export function embed(model: tfl.LayersModel, x: tf.Tensor, kwargs: CallArgs): tf.Tensor {
  return l2Normalize(outputOf(model, x, kwargs));
}
