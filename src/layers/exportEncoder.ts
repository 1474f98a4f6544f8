import * as tfl from '@tensorflow/tfjs-layers';
import { checkLayersModel } from '../support/checkModel';
import { ArgumentError } from '../support/errors';
import { BatchNormalization } from './batchNormalization';
import { buildModel, modelConfig } from './copyModel';

/**
 * A copy of a model, weights included, in stock layers only: what is saved of it loads by `tf.loadLayersModel` without
 * this package, and predicts the same. Of this package's layers an encoder has only `batchNormalization`, which becomes
 * tfjs's own.
 *
 * @throws ArgumentError if the model holds another layer of this package, such as a momentum encoder: export its
 * `encoder`.
 */
export function exportEncoder(model: tfl.LayersModel): tfl.LayersModel {
  checkLayersModel('input model', model);
  const copy = buildModel(toStock(modelConfig(model)));
  copyWeights(model, copy);
  return copy;
}

/** Renames the classes in a configuration, at any depth. */
function toStock<T>(config: T): T {
  if (Array.isArray(config)) return config.map(toStock) as T;
  if (typeof config !== 'object' || config === null) return config;
  const entries = Object.entries(config).map(([key, value]) => [key, toStock(value)]);
  const { className, ...stock } = Object.fromEntries(entries);
  if (className === undefined) return stock;
  if (className === BatchNormalization.className) {
    const { splits: _, ...options } = stock.config;
    return { ...stock, className: 'BatchNormalization', config: options } as T;
  }
  if (typeof className === 'string' && className.startsWith('NonSemantic'))
    throw new ArgumentError('input model', 'an encoder of stock layers and batchNormalization', `a layer ${className}`);
  return { className, ...stock };
}

/** Layer by layer: which weights of a model come first depends on what is frozen, which no configuration tells. */
function copyWeights(from: tfl.layers.Layer, to: tfl.layers.Layer): void {
  if (isModel(from) && isModel(to)) for (const layer of from.layers) copyWeights(layer, to.getLayer(layer.name));
  else to.setWeights(from.getWeights());
}

const isModel = (layer: tfl.layers.Layer): layer is tfl.LayersModel => layer instanceof tfl.LayersModel;
