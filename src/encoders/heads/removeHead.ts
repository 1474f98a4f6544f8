import * as tfl from '@tensorflow/tfjs-layers';
import { checkLayersModel } from '../../support/checkModel';
import { ArgumentError, describe } from '../../support/errors';
import { optional, readOptions, text } from '../../support/options';
import { connect } from '../blocks';

/** Where a model is cut. */
export interface RemoveHeadArgs {
  /** Name of the layer whose output is kept as features. @default the last one with vectors before the classifier */
  layer?: string;

  /** The model's name. @default chosen by tfjs */
  name?: string;
}

export const removeHeadOptions = { layer: optional(text()), name: optional(text()) };

/**
 * Cuts the classifier off a model: returns the model up to its features `[N, D]`, with which it shares its layers.
 *
 * The classifier is the last layer with weights and everything after it; dropout in front of it is removed too. Where
 * no vectors come before it, or `layer` gives maps `[N, H, W, C]`, the maps are averaged over height and width.
 *
 * @param model Sequential, functional or nested. Without `layer` it has one output `[N, classes]`; with `layer` it may
 * be anything, such as an autoencoder or a model of several heads, and the inputs that the layer needs are kept.
 * @throws ArgumentError if there is no such layer, or its output is neither vectors nor maps.
 */
export function removeHead(model: tfl.LayersModel, args: RemoveHeadArgs = {}): tfl.LayersModel {
  checkLayersModel('input model', model);
  const { layer, name } = readOptions('removeHead', args, removeHeadOptions);
  const features = layer === undefined ? beforeClassifier(model) : outputNamed(model, layer);
  const needed = tensorsBefore(features);
  const inputs = model.inputs.filter((input) => needed.has(input));
  const pooled = features.shape.length === 4 ? connect(tfl.layers.globalAveragePooling2d({}), features) : features;
  if (pooled.shape.length !== 2)
    throw new ArgumentError(
      layer === undefined ? 'input model' : 'option layer',
      'a layer of output [N, D] or [N, H, W, C]',
      `${features.sourceLayer.name} of output ${describe(features.shape)}`,
    );
  const cut = tfl.model({ inputs, outputs: pooled, ...(name === undefined ? {} : { name }) });
  if (cut.weights.length === 0)
    throw new ArgumentError(
      'input model',
      'a model with layers that learn before its classifier',
      'one without them',
      'Call it with the nested model itself where the last layer is one.',
    );
  return cut;
}

function outputNamed({ layers, outputs = [] }: tfl.LayersModel, name: string): tfl.SymbolicTensor {
  const tensors = outputs.flatMap((output) => [...tensorsBefore(output)]);
  // A model that begins a Sequential is there by its own layers.
  const nested = layers.find(
    (layer): layer is tfl.LayersModel => layer instanceof tfl.LayersModel && layer.name === name,
  );
  const found = tensors.find((x) => x.sourceLayer.name === name) ?? tensors.find((x) => nested?.outputs.includes(x));
  if (found) return found;
  const names = layers.map((layer) => layer.name);
  throw new ArgumentError('option layer', `one of ${names.slice(-12).join(', ')}`, describe(name));
}

/** Lists every tensor that a model computes on the way to its output. */
function tensorsBefore(output: tfl.SymbolicTensor, found = new Set<tfl.SymbolicTensor>()): Set<tfl.SymbolicTensor> {
  if (found.has(output)) return found;
  found.add(output);
  for (const input of output.inputs) tensorsBefore(input, found);
  return found;
}

function beforeClassifier({ outputs = [] }: tfl.LayersModel): tfl.SymbolicTensor {
  const [output, ...others] = outputs;
  if (output?.shape.length !== 2 || others.length > 0)
    throw new ArgumentError(
      'input model',
      'a built model of one output [null, classes]',
      `outputs ${describe(outputs.map(({ shape }) => shape))}`,
      'The option layer says where the features are.',
    );
  const hasWeights = ({ sourceLayer }: tfl.SymbolicTensor) => sourceLayer.weights.length > 0;
  const classifier = walkBack(output, hasWeights);
  const [before] = hasWeights(classifier) ? classifier.inputs : [];
  if (!before) throw new ArgumentError('input model', 'a model that ends in a classifier', 'one of other layers');
  const vectors = walkBack(before, (x) => isVectors(x) || hasWeights(x));
  return isVectors(vectors) ? vectors : before;
}

const isVectors = ({ shape, sourceLayer }: tfl.SymbolicTensor) =>
  shape.length === 2 && !sourceLayer.getClassName().endsWith('Dropout');

/** Walks from a tensor back through layers of one input to the first that `ends` the walk. */
function walkBack(from: tfl.SymbolicTensor, ends: (x: tfl.SymbolicTensor) => boolean): tfl.SymbolicTensor {
  return ends(from) || from.inputs.length !== 1 ? from : walkBack(from.inputs[0], ends);
}
