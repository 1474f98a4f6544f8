import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { ArgumentError, describe } from '../../support/errors';
import { allLayers, ownWeights } from './layerTree';
import { mendConfig } from './mendConfig';

/** A model as plain data. */
export interface ModelConfig extends tf.serialization.ConfigDict {
  className: string;
  /** As its layers' own `getConfig` gives it. */
  config: tf.serialization.ConfigDict;
  /** Positions, among all layers and weights, of those that are not trained: tfjs saves this of single layers only. */
  frozen: number[];
}

export function modelConfig(model: tfl.LayersModel): ModelConfig {
  for (const layer of allLayers(model)) mendConfig(layer);
  const frozen = trainableParts(model).flatMap(({ trainable }, i) => (trainable ? [] : [i]));
  return JSON.parse(JSON.stringify({ className: model.getClassName(), config: model.getConfig(), frozen }));
}

type FromConfig = (modelClass: unknown, config: object, customObjects: object, fast: boolean) => tfl.LayersModel;

/**
 * Builds a model from its configuration, with fresh weights.
 *
 * @param fast Whether zeros may take the place of initial weights, which then cost nothing.
 * @throws ArgumentError for a class that is not registered.
 */
export function buildModel(modelConfig: ModelConfig, fast = false): tfl.LayersModel {
  const { className, config, frozen } = modelConfig ?? {};
  const classes = tf.serialization.SerializationMap.getMap().classNameMap;
  const entry = Object.hasOwn(classes, className) ? classes[className] : undefined;
  if (!entry) throw new ArgumentError('a model configuration', 'the name of a registered class', describe(className));
  const [modelClass, fromConfig] = entry;
  const model = (fromConfig as unknown as FromConfig)(modelClass, config, {}, fast);
  buildSequentials(model);
  for (const layer of allLayers(model)) mendConfig(layer);
  if (Array.isArray(frozen)) {
    for (const [i, part] of trainableParts(model).entries()) setTrainable(part, !frozen.includes(i));
  }
  return model;
}

/** Builds each Sequential in a model. tfjs would do so at the first call, and lose which single weights are frozen. */
export function buildSequentials(model: tfl.LayersModel): void {
  const unbuilt = allLayers(model).filter((layer) => layer instanceof tfl.Sequential && !layer.built);
  if (unbuilt.length === 0) return;
  const flags = trainableParts(model).map((part) => ({ part, trainable: part.trainable }));
  for (const sequential of unbuilt) (sequential as tfl.Sequential).build();
  for (const { part, trainable } of flags) setTrainable(part, trainable);
}

/** Layers before weights, and parents before children: freezing one freezes weights below it. */
function trainableParts(model: tfl.LayersModel): { trainable: boolean }[] {
  const layers = allLayers(model);
  return [...layers, ...layers.flatMap(ownWeights)];
}

export function setTrainable(part: { trainable: boolean }, trainable: boolean): void {
  if (part.trainable !== trainable) part.trainable = trainable;
}
