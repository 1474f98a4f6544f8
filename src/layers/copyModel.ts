import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { ArgumentError, describe } from '../support/errors';

/** A model as plain data, as its layers' own `getConfig` gives it. */
export interface ModelConfig extends tf.serialization.ConfigDict {
  className: string;
  config: tf.serialization.ConfigDict;
}

export function modelConfig(model: tfl.LayersModel): ModelConfig {
  return JSON.parse(JSON.stringify({ className: model.getClassName(), config: model.getConfig() }));
}

/** Builds a model from its configuration, with fresh weights. */
export function buildModel(model: ModelConfig): tfl.LayersModel {
  const { className, config } = model ?? {};
  const classes = tf.serialization.SerializationMap.getMap().classNameMap;
  const entry = Object.hasOwn(classes, className) ? classes[className] : undefined;
  if (!entry) throw new ArgumentError('a model configuration', 'the name of a registered class', describe(className));
  const [modelClass, fromConfig] = entry;
  return fromConfig(modelClass, config) as unknown as tfl.LayersModel;
}

/**
 * Copies a model, weights included. TensorFlow.js has no cloneModel; and in one file two weights of one name would
 * clash, so the copy's layers get the prefix.
 */
export function copyModel(model: tfl.LayersModel, prefix: string): tfl.LayersModel {
  const { className, config } = modelConfig(model);
  const copy = buildModel({ className, config: renameLayers(config, (name) => prefix + name) });
  copyTrainable(model, copy);
  copy.setWeights(model.getWeights());
  return copy;
}

/**
 * The weights of a model are in the order trained, frozen; and whether a model within it, or a single weight, is frozen
 * is no part of its configuration.
 */
function copyTrainable(from: tfl.layers.Layer, to: tfl.layers.Layer): void {
  to.trainable = from.trainable;
  if (from instanceof tfl.LayersModel && to instanceof tfl.LayersModel) {
    for (const [i, layer] of from.layers.entries()) copyTrainable(layer, to.layers[i]);
  } else {
    const copies = to.weights; // looked up once, as each one frozen moves to the end
    for (const [i, weight] of from.weights.entries()) copies[i].trainable = weight.trainable;
  }
}

type Json = tf.serialization.ConfigDictValue;
type Rename = (name: string) => string;

/** Renames each layer of a model's configuration, nested models included, and the references to them. */
function renameLayers(config: tf.serialization.ConfigDict, rename: Rename): tf.serialization.ConfigDict {
  const renamed: tf.serialization.ConfigDict = { ...config };
  if (typeof config.name === 'string') renamed.name = rename(config.name);
  for (const key of ['inputLayers', 'outputLayers']) {
    if (Array.isArray(config[key])) renamed[key] = renameReferences(config[key], rename);
  }
  if (Array.isArray(config.layers)) renamed.layers = config.layers.map((layer) => renameLayer(layer, rename));
  if (isDict(config.layer)) renamed.layer = renameLayer(config.layer, rename);
  return renamed;
}

function renameLayer(layer: Json, rename: Rename): Json {
  if (!isDict(layer)) return layer;
  const renamed: tf.serialization.ConfigDict = { ...layer };
  if (isDict(layer.config)) renamed.config = renameLayers(layer.config, rename);
  if (typeof layer.name === 'string') renamed.name = rename(layer.name);
  if (Array.isArray(layer.inboundNodes)) renamed.inboundNodes = renameReferences(layer.inboundNodes, rename);
  return renamed;
}

/** A reference is [name, node index, tensor index, …], in lists of any depth. */
function renameReferences(list: Json[], rename: Rename): Json[] {
  if (typeof list[0] === 'string') return [rename(list[0]), ...list.slice(1)];
  return list.map((item) => (Array.isArray(item) ? renameReferences(item, rename) : item));
}

function isDict(value: Json | undefined): value is tf.serialization.ConfigDict {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
