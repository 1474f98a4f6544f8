import * as tfl from '@tensorflow/tfjs-layers';
import { checkEncoder } from '../../support/checkModel';
import { integer, number, optional, readOptions, text } from '../../support/options';
import { connect } from '../blocks';
import { denseLayer } from './denseLayer';

/** The classes, and the layers of a classification head. */
export interface ClassificationHeadArgs {
  /** Number of classes. */
  classes: number;

  /** Share of the features that dropout sets to 0 in training, below 1. @default 0 */
  dropout?: number;

  /** The head's initial weights are a function of this integer and the widths. @default 0 */
  seed?: number;

  /** The model's name. @default chosen by tfjs */
  name?: string;
}

export const classificationHeadOptions = {
  classes: integer({ min: 2 }),
  dropout: number({ min: 0, max: 0.99, default: 0 }),
  seed: integer({ default: 0 }),
  name: optional(text()),
};

/**
 * Puts a softmax classifier on a backbone, for supervised training after contrastive training: one model from the
 * backbone's input to probabilities `[N, classes]`, for `categoricalCrossentropy` or its sparse form. It shares the
 * backbone's layers: set `layer.trainable = false` for each of `backbone.layers` before `compile` to train the head
 * alone.
 *
 * @param backbone A model of one input and one output `[N, D]`.
 * @throws ArgumentError if the backbone has another form, or an option is not as described.
 */
export function classificationHead(backbone: tfl.LayersModel, args: ClassificationHeadArgs): tfl.LayersModel {
  const [features] = checkEncoder('input backbone', backbone).outputs;
  const { classes, dropout, seed, name } = readOptions('classificationHead', args, classificationHeadOptions);
  const dropped = dropout > 0 ? connect(tfl.layers.dropout({ rate: dropout }), features) : features;
  const dense = denseLayer(features.shape[1] as number, { units: classes, seed, depth: 0, activation: 'softmax' });
  return tfl.model({
    inputs: backbone.inputs,
    outputs: connect(dense, dropped),
    ...(name === undefined ? {} : { name }),
  });
}
