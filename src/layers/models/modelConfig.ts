import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { ArgumentError, describe } from '../../support/errors';
import { layersByPath, ownWeights } from './layerTree';

/** A model as plain data. */
export interface ModelConfig extends tf.serialization.ConfigDict {
  className: string;
  /** As its layers' own `getConfig` gives it. */
  config: tf.serialization.ConfigDict;
  /** Positions, among all layers and weights, of those that are not trained: tfjs saves this of single layers only. */
  frozen: number[];
}

export function modelConfig(model: tfl.LayersModel): ModelConfig {
  const frozen = trainableParts(model).flatMap(({ trainable }, i) => (trainable ? [] : [i]));
  return JSON.parse(JSON.stringify({ className: model.getClassName(), config: model.getConfig(), frozen }));
}

/** Builds a model from its configuration, with fresh weights. @throws ArgumentError for a class that is not registered. */
export function buildModel(modelConfig: ModelConfig): tfl.LayersModel {
  const { className, config, frozen } = modelConfig ?? {};
  const classes = tf.serialization.SerializationMap.getMap().classNameMap;
  const entry = Object.hasOwn(classes, className) ? classes[className] : undefined;
  if (!entry) throw new ArgumentError('a model configuration', 'the name of a registered class', describe(className));
  const [modelClass, fromConfig] = entry;
  const model = fromConfig(modelClass, config) as unknown as tfl.LayersModel;
  if (Array.isArray(frozen)) {
    for (const [i, part] of trainableParts(model).entries()) setTrainable(part, !frozen.includes(i));
  }
  return model;
}

/** Layers before weights, and parents before children: freezing one freezes weights below it. */
function trainableParts(model: tfl.LayersModel): { trainable: boolean }[] {
  const layers = layersByPath(model).map(([, layer]) => layer);
  return [...layers, ...layers.flatMap(ownWeights)];
}

export function setTrainable(part: { trainable: boolean }, trainable: boolean): void {
  if (part.trainable !== trainable) part.trainable = trainable;
}
