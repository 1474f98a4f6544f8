import * as tfl from '@tensorflow/tfjs-layers';
import { ArgumentError } from '../../support/errors';
import { checkOptions, rebuildable } from './checkOptions';

type Layer = tfl.layers.Layer;
type Weight = tfl.LayerVariable;

/** A model's layers beside those of a copy, parents first, and the weights that each layer adds itself. */
export interface LayerPair {
  source: Layer;
  copy: Layer;
  weights: [source: Weight, copy: Weight][];
}

/**
 * Pairs the layers of a model with those of a copy: nested models and wrapped layers too. `model.weights` is not
 * enough, since its order depends on what is frozen.
 *
 * @param subject What the model is, such as `option encoder`.
 * @param prefix What the names in the copy begin with.
 * @throws ArgumentError if the two have different layers, options or weights, or a layer is part of two models.
 */
export function pairLayers(
  subject: string,
  source: tfl.LayersModel,
  copy: tfl.LayersModel,
  prefix: string,
): LayerPair[] {
  const twinOf = new Map<Layer, Layer>();
  const visit = (layer: Layer, twin: Layer | undefined): LayerPair[] => {
    if (twinOf.has(layer)) {
      if (twinOf.get(layer) === twin) return [];
      throw new ArgumentError(
        subject,
        'a model whose nested models share no layer',
        `layer ${layer.name} in two of them`,
        'TensorFlow.js would save it as two layers.',
      );
    }
    if (twin) checkOptions(subject, layer, twin);
    const [own, twins] = [ownWeights(layer), twin ? ownWeights(twin) : []];
    if (!twin || own.length !== twins.length || own.some(({ shape }, i) => `${shape}` !== `${twins[i].shape}`))
      throw twin && !twin.built
        ? builtLate(subject, layer)
        : new ArgumentError(
            subject,
            rebuildable,
            `layer ${layer.name} (${layer.getClassName()}), which is rebuilt with other weights`,
          );
    twinOf.set(layer, twin);
    const inner = pairInner(layer, twin, prefix).flatMap((pair) => visit(...pair));
    return [{ source: layer, copy: twin, weights: own.map((weight, i) => [weight, twins[i]]) }, ...inner];
  };
  return visit(source, copy);
}

/** What is wrong with a layer that gets its weights in a call: those of a copy would be others. */
export const builtLate = (subject: string, layer: Layer): ArgumentError =>
  new ArgumentError(
    subject,
    'a model whose layers are built before a call',
    `layer ${layer.name} (${layer.getClassName()}), which is built in one`,
    'The layer that holds it has to build it in its own build().',
  );

/** Pairs the layers within a layer by name; one whose constructor drops its name, by its place. */
function pairInner(layer: Layer, twin: Layer, prefix: string): [Layer, Layer | undefined][] {
  const twins = new Map(innerLayers(twin));
  if (!(layer instanceof tfl.LayersModel)) return innerLayers(layer).map(([field, inner]) => [inner, twins.get(field)]);
  const names = new Set(layer.layers.map(({ name }) => prefix + name));
  return layer.layers.map((inner, i) => {
    const other = (twin as tfl.LayersModel).layers[i];
    return [inner, twins.get(prefix + inner.name) ?? (names.has(other?.name) ? undefined : other)];
  });
}

/** Lists every layer within a model, itself included, parents first: in the same order in a copy. */
export function allLayers(model: tfl.LayersModel): Layer[] {
  const visit = (layer: Layer, ancestors: Layer[]): Layer[] => {
    if (ancestors.includes(layer)) return [];
    return [layer, ...innerLayers(layer).flatMap(([, inner]) => visit(inner, [...ancestors, layer]))];
  };
  return visit(model, []);
}

/** Lists the layers of a model by name, or by field those that a wrapper, a recurrent or a user's own layer keeps. */
function innerLayers(layer: Layer): [key: string, layer: Layer][] {
  if (layer instanceof tfl.LayersModel) return layer.layers.map((inner) => [inner.name, inner]);
  const kept = Object.entries(layer)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([field, value]) => [value].flat().map((inner, i): [string, unknown] => [`${field}.${i}`, inner]))
    .filter((entry): entry is [string, Layer] => entry[1] instanceof tfl.layers.Layer);
  return kept.filter(([, inner], i) => kept.findIndex(([, other]) => other === inner) === i);
}

/** Lists the weights that a layer adds itself, in that order. */
export function ownWeights(layer: Layer): Weight[] {
  if (layer instanceof tfl.LayersModel) return [];
  const inner = new Set(innerLayers(layer).flatMap(([, { weights }]) => weights));
  return layer.weights.filter((weight) => !inner.has(weight)).sort((a, b) => a.id - b.id);
}
