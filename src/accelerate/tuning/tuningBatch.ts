import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checkNumber } from '../../support/checks';
import { ArgumentError, describe } from '../../support/errors';
import { isRecord } from '../../support/isRecord';

/** An element of the dataset that trains the model; or the number of rows of a batch, of which noise is made. */
export type TuningBatch = number | { xs: tf.TensorContainer; ys: tf.TensorContainer };

/** @throws ArgumentError for what is neither. */
export function checkTuningBatch(name: string, value: unknown): TuningBatch {
  if (typeof value === 'number') return checkNumber(name, value, { min: 1, integer: true });
  if (isRecord(value) && 'xs' in value && 'ys' in value) return value as TuningBatch;
  throw new ArgumentError(`option ${name}`, 'a batch { xs, ys } or its number of rows', describe(value));
}

/** Returns the inputs and labels of a step, in the model's order. */
export function tensorsOf(model: LayersModel, batch: TuningBatch): tf.Tensor[] {
  if (typeof batch === 'number') return exampleBatch(model, batch);
  return [...inOrder('xs', batch.xs, model.inputNames), ...inOrder('ys', batch.ys, model.outputNames)];
}

function inOrder(part: string, given: tf.TensorContainer, names: string[]): tf.Tensor[] {
  const isNamed = isRecord(given) && !(given instanceof tf.Tensor);
  const tensors = isNamed ? names.map((name) => given[name]) : [given].flat();
  if (tensors.length === names.length && tensors.every((tensor) => tensor instanceof tf.Tensor))
    return tensors as tf.Tensor[];
  throw new ArgumentError(`${part} of option batch`, `tensors for ${names.join(', ')}`, describe(given));
}

/** Makes noise for images, and zeros for labels. */
function exampleBatch({ inputs, outputs, outputNames, loss }: LayersModel, rows: number): tf.Tensor[] {
  const shapeOf = (shape: (number | null)[]) => [rows, ...shape.slice(1)].map((length) => length ?? 1);
  const images = inputs.map(({ shape }) => tf.randomUniform(shapeOf(shape), 0, 1));
  const labels = outputs.map(({ shape }, i) => {
    const ofOutput = typeof loss === 'object' ? (loss as never)[Array.isArray(loss) ? i : outputNames[i]] : loss;
    return tf.zeros(ofOutput === 'sparseCategoricalCrossentropy' ? [rows, 1] : shapeOf(shape));
  });
  return [...images, ...labels];
}
