import * as tfl from '@tensorflow/tfjs-layers';
import { checkEncoder } from '../../support/checkModel';
import { integer, type OptionValues, optional, readOptions } from '../../support/options';
import { connect, relu } from '../blocks';
import { type BatchNormalizationFactory, networkOptions, sizes } from '../encoderArgs';
import { denseLayer } from './denseLayer';

/** The layers of a projection head. */
export interface ProjectionHeadArgs {
  /** Width of the embedding. @default 128 */
  units?: number;

  /** Widths of the hidden layers; `[]` is the linear head of MoCo v1. @default [the backbone's width] */
  hiddenUnits?: number[];

  /** Makes a batch normalization in front of each hidden ReLU, as in BYOL's heads. @default none, as in MoCo v2 */
  batchNormalization?: BatchNormalizationFactory;

  /** The head's initial weights are a function of this integer and the widths. @default 0 */
  seed?: number;

  /** The model's name. @default chosen by tfjs */
  name?: string;
}

export const projectionHeadOptions = {
  units: integer({ min: 1, default: 128 }),
  hiddenUnits: optional(sizes()),
  ...networkOptions,
};

/**
 * Puts a projection head on a backbone (MoCo v2's MLP: dense, ReLU, …, dense), as one model from the backbone's input
 * to embeddings `[N, units]`, not normalized. It shares the backbone's layers: train this model, then take features
 * from the backbone.
 *
 * Weights and biases start uniform in ±1/√(fan in), as PyTorch's linear layers do.
 *
 * @param backbone A model of one input and one output `[N, D]`; `removeHead` makes one of a classifier.
 * @throws ArgumentError if the backbone has another form, or an option is not as described.
 */
export function projectionHead(backbone: tfl.LayersModel, args: ProjectionHeadArgs = {}): tfl.LayersModel {
  checkEncoder('input backbone', backbone);
  return addLayers(backbone, readOptions('projectionHead', args, projectionHeadOptions));
}

/** Adds dense layers, with ReLU between them. */
export function addLayers(
  backbone: tfl.LayersModel,
  { units, hiddenUnits, batchNormalization, seed, name }: OptionValues<typeof projectionHeadOptions>,
): tfl.LayersModel {
  let [x] = backbone.outputs;
  const hidden = hiddenUnits ?? [x.shape[1] as number];
  for (const [depth, units] of hidden.entries()) {
    x = connect(denseLayer(x.shape[1] as number, { units, seed, depth, useBias: !batchNormalization }), x);
    if (batchNormalization) x = connect(batchNormalization({ momentum: 0.9, epsilon: 1e-5 }), x);
    x = relu(x);
  }
  x = connect(denseLayer(x.shape[1] as number, { units, seed, depth: hidden.length }), x);
  return tfl.model({ inputs: backbone.inputs, outputs: x, ...(name === undefined ? {} : { name }) });
}
