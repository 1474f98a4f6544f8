import { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** How deep layers and optimizers are looked into. */
const maxDepth = 6;

/**
 * Returns a function that reads everything plain in which a model's training could be another: numbers, texts and
 * switches of the optimizer and the layers, what they are, and the functions of loss and metrics.
 */
export function plainFields(model: LayersModel): () => unknown[] {
  let places: [Record<string, unknown>, string][] = [];
  let optimizer: unknown;
  return () => {
    const { lossFunctions, metricsTensors } = model as unknown as Record<string, unknown[] | undefined>;
    if (optimizer !== model.optimizer) {
      optimizer = model.optimizer;
      places = placesOf([model.optimizer, ...model.layers]).filter(
        ([owner, key]) => owner !== optimizer || key !== 'iterations_',
      );
    }
    const functions = [...(lossFunctions ?? []), ...(metricsTensors ?? []).map((metric) => (metric as unknown[])[0])];
    return [optimizer, model.layers.length, ...functions, ...places.map(([owner, key]) => owner[key])];
  };
}

function placesOf(roots: object[]): [Record<string, unknown>, string][] {
  const places: [Record<string, unknown>, string][] = [];
  const seen = new Set<unknown>();
  const visit = (owner: unknown, depth: number) => {
    if (typeof owner !== 'object' || owner === null || seen.has(owner) || depth > maxDepth) return;
    if (owner instanceof Tensor || ArrayBuffer.isView(owner)) return;
    seen.add(owner);
    for (const [key, value] of Object.entries(owner)) {
      if (typeof value === 'object' && value !== null) visit(value, depth + 1);
      else places.push([owner as Record<string, unknown>, key]);
    }
  };
  for (const root of roots) visit(root, 0);
  return places;
}
