import * as tfl from '@tensorflow/tfjs-layers';
import { integer, readOptions } from '../../support/options';
import { addLayers, type ProjectionHeadArgs, projectionHeadOptions } from './projectionHead';

/** The layers of a prediction head. */
export interface PredictionHeadArgs extends ProjectionHeadArgs {
  /** Widths of the hidden layers; `[]` is a linear head. @default [inputUnits] */
  hiddenUnits?: number[];
}

/**
 * Makes a multilayer perceptron by itself, from vectors `[N, inputUnits]` to `[N, units]`: BYOL's predictor, and its
 * projector on an encoder without a head. Layers and initial weights are those of a `projectionHead`; BYOL's own have
 * one hidden layer of 4096 units with batch normalization, and 256 units at the end.
 *
 * @param inputUnits Width of the vectors that come in.
 * @throws ArgumentError if an option is not as described.
 */
export function predictionHead(inputUnits: number, args: PredictionHeadArgs = {}): tfl.LayersModel {
  const width = integer({ min: 1 }).read('inputUnits', inputUnits);
  const options = readOptions('predictionHead', args, projectionHeadOptions);
  const input = tfl.input({ shape: [width] });
  return addLayers(tfl.model({ inputs: input, outputs: input }), options);
}
