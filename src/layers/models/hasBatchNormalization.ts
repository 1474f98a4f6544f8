import type * as tfl from '@tensorflow/tfjs-layers';
import { allLayers } from './layerTree';

/** By name: a bundle need not hold the class of layers that no model has. */
const classNames = ['BatchNormalization', 'NonSemanticBatchNormalization'];

/** Whether a model holds batch normalization, at any depth. */
export function hasBatchNormalization(model: tfl.LayersModel): boolean {
  return allLayers(model).some((layer) => classNames.includes(layer.getClassName()));
}
