import * as tfl from '@tensorflow/tfjs-layers';
import { batchNormalization } from '../batchNormalization';

/**
 * Wraps a model so that its outputs have mean 0 and variance 1 over the batch, without a weight to train.
 *
 * The model is nested, because otherwise freezing it would not freeze its layers here.
 */
export function normalizeOutput(model: tfl.LayersModel): tfl.LayersModel {
  const [{ shape, dtype }] = model.inputs;
  const input = tfl.input({ shape: shape.slice(1), dtype: dtype as 'float32' });
  // At a momentum of 0.99, short runs would end with the moving statistics that they began with.
  const normalize = batchNormalization({ center: false, scale: false, momentum: 0.9 });
  const outputs = normalize.apply(model.apply(input) as tfl.SymbolicTensor) as tfl.SymbolicTensor;
  return tfl.model({ inputs: input, outputs });
}
