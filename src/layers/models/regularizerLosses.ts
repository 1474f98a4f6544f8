import type * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

/**
 * Penalties of a model's regularizers: a layer's own once for each use of it in the model, as in
 * `model.calculateLosses()`, which misses those of a Sequential that begins a Sequential.
 */
export function regularizerLosses(model: tfl.LayersModel): tf.Scalar[] {
  const nodes = model instanceof tfl.Sequential ? [] : Object.values(model.nodesByDepth).flat();
  const usesOf = (layer: tfl.layers.Layer) => nodes.filter(({ outboundLayer }) => outboundLayer === layer).length;
  return model.layers.flatMap((layer) => {
    const uses = model instanceof tfl.Sequential ? 1 : usesOf(layer);
    const once = () => (layer instanceof tfl.LayersModel ? regularizerLosses(layer) : layer.calculateLosses());
    return Array.from({ length: uses }, once).flat();
  });
}
