import type * as tfl from '@tensorflow/tfjs-layers';
import { checkLayersModel } from '../support/checkModel';
import { ArgumentError } from '../support/errors';
import { BatchNormalization } from './batchNormalization';
import { copyWeights } from './models/copyModel';
import { buildModel, modelConfig } from './models/modelConfig';

/**
 * Copies a model, weights included, into stock layers: saved, the copy loads by `tf.loadLayersModel` without this
 * package, and predicts the same. `batchNormalization` becomes tfjs's own.
 *
 * @throws ArgumentError if the model holds another layer of this package; of a momentum encoder, export its `encoder`.
 */
export function exportEncoder(model: tfl.LayersModel): tfl.LayersModel {
  checkLayersModel('input model', model);
  const copy = buildModel(toStock(modelConfig(model)), true);
  copyWeights('input model', model, copy);
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
