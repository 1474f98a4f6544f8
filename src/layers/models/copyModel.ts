import type * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { ArgumentError } from '../../support/errors';
import { isRecord } from '../../support/isRecord';
import { type LayerPair, pairLayers } from './layerTree';
import { buildModel, buildSequentials, type ModelConfig, modelConfig } from './modelConfig';

/**
 * Copies a model, weights included, and pairs its layers with the copy's. TensorFlow.js has no cloneModel.
 *
 * @param subject What the model is, such as `option encoder`.
 * @param prefix Of the copy's layers, as two weights of one name would clash in a file.
 * @throws ArgumentError if its layers do not rebuild it.
 */
export function copyModel(
  subject: string,
  model: tfl.LayersModel,
  prefix: string,
): { copy: tfl.LayersModel; layers: LayerPair[] } {
  buildSequentials(model);
  const { className, config, frozen } = modelConfig(model);
  const copy = rebuild(subject, { className, config: renameLayers(config, (name) => prefix + name), frozen });
  return { copy, layers: copyWeights(subject, model, copy, prefix) };
}

function rebuild(subject: string, config: ModelConfig): tfl.LayersModel {
  try {
    return buildModel(config, true);
  } catch (error) {
    throw new ArgumentError(
      subject,
      'a model that its getConfig() builds again',
      `the error "${(error as Error).message.split(/[.\n]/)[0]}"`,
      'Classes of your own need a static className and tf.serialization.registerClass().',
    );
  }
}

/** Copies weights layer by layer. */
export function copyWeights(subject: string, source: tfl.LayersModel, copy: tfl.LayersModel, prefix = ''): LayerPair[] {
  const layers = pairLayers(subject, source, copy, prefix);
  for (const { weights } of layers) for (const [from, to] of weights) writeWeight(to, from.read());
  return layers;
}

/** Bypasses constraints: tfjs applies them in `setWeights` only, never to an optimizer's updates. */
export function writeWeight(weight: tfl.LayerVariable, value: tf.Tensor): void {
  if (weight.constraint) variableOf(weight).assign(value);
  else weight.write(value);
}

export const variableOf = (weight: tfl.LayerVariable) => weight.read() as tf.Variable;

type Dict = tf.serialization.ConfigDict;
type Json = tf.serialization.ConfigDictValue;
type Rename = (name: string) => string;

/** Renames each layer of a model's configuration, nested ones included, and the references to them. */
function renameLayers(config: Dict, rename: Rename): Dict {
  const entries = Object.entries(config).map(([key, value]): [string, Json] => {
    if (key === 'name' && typeof value === 'string') return [key, rename(value)];
    if (key === 'inputLayers' || key === 'outputLayers') return [key, renameReferences(value as Json[], rename)];
    return [key, renameWithin(value, rename)];
  });
  return Object.fromEntries(entries);
}

/** Renames the layers among the values of a configuration: whatever has a class and a configuration with a name. */
function renameWithin(value: Json, rename: Rename): Json {
  if (Array.isArray(value)) return value.map((entry) => renameWithin(entry, rename));
  if (!isRecord(value) || !isRecord(value.config)) return value;
  const { name, inboundNodes } = value;
  return {
    ...value,
    config: renameLayers(value.config as Dict, rename),
    ...(typeof name === 'string' ? { name: rename(name) } : {}),
    ...(Array.isArray(inboundNodes) ? { inboundNodes: renameReferences(inboundNodes, rename) } : {}),
  };
}

/** Renames layers in references [name, node index, tensor index, …], in lists of any depth. */
function renameReferences(list: Json[], rename: Rename): Json[] {
  if (typeof list[0] === 'string') return [rename(list[0]), ...list.slice(1)];
  return list.map((item) => (Array.isArray(item) ? renameReferences(item, rename) : item));
}
