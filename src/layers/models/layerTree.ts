import * as tfl from '@tensorflow/tfjs-layers';
import { ArgumentError } from '../../support/errors';

type Layer = tfl.layers.Layer;
type Weight = tfl.LayerVariable;

/** A model's layers beside those of a copy, parents first, and the weights that each layer adds itself. */
export interface LayerPair {
  source: Layer;
  copy: Layer;
  weights: [source: Weight, copy: Weight][];
}

/**
 * Pairs the layers of a model with those of a copy, by name: nested models and wrapped layers too. `model.weights` is
 * not enough, since its order depends on what is frozen.
 *
 * @param subject What the model is, such as `option encoder`.
 * @param prefix What the names in the copy begin with.
 * @throws ArgumentError if the two have different layers or weights, or a layer is part of two models.
 */
export function pairLayers(
  subject: string,
  source: tfl.LayersModel,
  copy: tfl.LayersModel,
  prefix: string,
): LayerPair[] {
  const copies = new Map(layersByPath(copy, prefix));
  const copyOf = new Map<Layer, Layer>();
  return layersByPath(source).map(([path, layer]) => {
    const twin = copies.get(path);
    if (copyOf.has(layer))
      throw new ArgumentError(
        subject,
        'a model whose nested models share no layer',
        `layer ${layer.name} in two of them`,
        'TensorFlow.js would save it as two layers.',
      );
    if (twin) copyOf.set(layer, twin);
    const [own, twins] = [ownWeights(layer), twin ? ownWeights(twin) : []];
    if (!twin || own.length !== twins.length || own.some(({ shape }, i) => `${shape}` !== `${twins[i].shape}`))
      throw new ArgumentError(
        subject,
        'a model of layers whose getConfig() tells all of them',
        `layer ${layer.name} (${layer.getClassName()}), which is rebuilt with other weights`,
      );
    return { source: layer, copy: twin, weights: own.map((weight, i) => [weight, twins[i]]) };
  });
}

/** Lists every layer within a model by its path, which a copy shares; sorted, so parents come first. */
export function layersByPath(model: tfl.LayersModel, prefix = ''): [path: string, layer: Layer][] {
  const found: [string, Layer][] = [];
  const visit = (path: string, layer: Layer, ancestors: Layer[]) => {
    if (ancestors.includes(layer)) return;
    found.push([path, layer]);
    for (const [name, inner] of innerLayers(layer, prefix)) visit(`${path}/${name}`, inner, [...ancestors, layer]);
  };
  visit('', model, []);
  return found.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Lists the layers of a model, or those that a wrapper, a recurrent or a user's own layer keeps in its fields. */
function innerLayers(layer: Layer, prefix: string): [name: string, layer: Layer][] {
  if (layer instanceof tfl.LayersModel) return layer.layers.map((inner) => [inner.name.slice(prefix.length), inner]);
  return Object.entries(layer)
    .flatMap(([field, value]) => [value].flat().map((inner, i): [string, unknown] => [`${field}.${i}`, inner]))
    .filter((entry): entry is [string, Layer] => entry[1] instanceof tfl.layers.Layer);
}

/** Lists the weights that a layer adds itself, in that order. */
export function ownWeights(layer: Layer): Weight[] {
  if (layer instanceof tfl.LayersModel) return [];
  const inner = new Set(innerLayers(layer, '').flatMap(([, { weights }]) => weights));
  return layer.weights.filter((weight) => !inner.has(weight)).sort((a, b) => a.id - b.id);
}
