import { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** How deep layers and optimizers are looked into. */
const maxDepth = 6;

type Field = [owner: Record<string, unknown>, key: string];

/**
 * Returns a function that reads the plain fields of a model's training, numbers, texts, switches and functions: those
 * of its optimizer and layers, and its losses and metrics.
 */
export function plainFields(model: LayersModel): () => unknown[] {
  let fields: Field[] = [];
  let optimizer: unknown;
  return () => {
    const { lossFunctions, metricsTensors } = model as unknown as Record<string, unknown[] | undefined>;
    if (optimizer !== model.optimizer) {
      optimizer = model.optimizer;
      const isCount = ([owner, key]: Field) => owner === optimizer && key === 'iterations_';
      fields = fieldsOf([model.optimizer, ...model.layers]).filter((field) => !isCount(field));
    }
    const functions = [...(lossFunctions ?? []), ...(metricsTensors ?? []).map((metric) => (metric as unknown[])[0])];
    return [optimizer, model.layers.length, ...functions, ...fields.map(([owner, key]) => owner[key])];
  };
}

function fieldsOf(roots: object[]): Field[] {
  const fields: Field[] = [];
  const seen = new Set<unknown>();
  const visit = (owner: object, depth: number) => {
    if (seen.has(owner) || depth > maxDepth || owner instanceof Tensor || ArrayBuffer.isView(owner)) return;
    seen.add(owner);
    for (const [key, value] of Object.entries(owner)) {
      if (typeof value === 'object' && value !== null) visit(value, depth + 1);
      else fields.push([owner as Record<string, unknown>, key]);
    }
  };
  for (const root of roots) visit(root, 0);
  return fields;
}
