import * as tfl from '@tensorflow/tfjs-layers';
import { BatchNormalization, batchNormalization } from '../batchNormalization';
import { layersByPath } from './layerTree';

/** Whether a model holds batch normalization, at any depth. */
export function hasBatchNormalization(model: tfl.LayersModel): boolean {
  const classNames = ['BatchNormalization', BatchNormalization.className];
  return layersByPath(model).some(([, layer]) => classNames.includes(layer.getClassName()));
}

/** A model of the same layers whose outputs have mean 0 and variance 1 over the batch; it adds no weight to train. */
export function normalizeOutput({ inputs, outputs }: tfl.LayersModel): tfl.LayersModel {
  // Moving statistics of short runs: those of a momentum of 0.99 would still be the initial ones.
  const normalize = batchNormalization({ center: false, scale: false, momentum: 0.9 });
  return tfl.model({ inputs, outputs: normalize.apply(outputs[0]) as tfl.SymbolicTensor });
}
