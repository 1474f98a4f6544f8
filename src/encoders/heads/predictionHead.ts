import * as tfl from '@tensorflow/tfjs-layers';
import { checkNames, checkNumber } from '../../support/errors';
import { type ProjectionHeadArgs, projectionHead } from './projectionHead';

/** Options of `predictionHead`. */
export interface PredictionHeadArgs extends ProjectionHeadArgs {
  /** Width of the vectors that come in. */
  inputUnits: number;
}

/**
 * A multilayer perceptron by itself, from vectors `[N, inputUnits]` to `[N, units]`: BYOL's predictor, and its projector
 * on an encoder without a head. Layers and initial weights are those of a `projectionHead`; BYOL's own have one hidden
 * layer, of 4096 units, with batch normalization, and 256 units at the end.
 *
 * @throws ArgumentError if an option is not as described.
 */
export function predictionHead(args: PredictionHeadArgs): tfl.LayersModel {
  checkNames('predictionHead()', args, ['inputUnits', 'units', 'hiddenUnits', 'batchNormalization', 'seed', 'name']);
  const { inputUnits, ...head } = args;
  const input = tfl.input({ shape: [checkNumber('inputUnits', inputUnits, { min: 1, integer: true })] });
  return projectionHead(tfl.model({ inputs: input, outputs: input }), head);
}
