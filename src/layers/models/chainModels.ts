import * as tfl from '@tensorflow/tfjs-layers';
import { ArgumentError, describe } from '../../support/errors';

/**
 * Chains two models into one, which shares their layers.
 *
 * @param option What gives the second. @throws ArgumentError if it does not take the first one's vectors.
 */
export function chainModels(first: tfl.LayersModel, second: tfl.LayersModel, option: string): tfl.LayersModel {
  const [vectors] = first.outputs;
  checkWidths(option, second, vectors.shape[1] as number, second.outputs[0].shape[1] as number);
  return tfl.model({ inputs: first.inputs, outputs: second.apply(vectors) as tfl.SymbolicTensor });
}

/** @throws ArgumentError unless the model maps vectors of these widths. */
export function checkWidths(option: string, model: tfl.LayersModel, input: number, output: number): void {
  const [from, to] = [model.inputs[0].shape, model.outputs[0].shape];
  if (from.length !== 2 || from[1] !== input || to[1] !== output)
    throw new ArgumentError(
      `option ${option}`,
      `a model from [null, ${input}] to [null, ${output}]`,
      `one from ${describe(from)} to ${describe(to)}`,
    );
}
