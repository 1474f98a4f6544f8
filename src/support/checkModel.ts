import { engine, Tensor, type Variable } from '@tensorflow/tfjs-core';
import { LayersModel, type Shape } from '@tensorflow/tfjs-layers';
import { ArgumentError, describe } from './errors';

/**
 * Returns `value` if it is a model. @param subject What it is, such as `option model`. @throws ArgumentError otherwise.
 */
export function checkLayersModel(subject: string, value: LayersModel): LayersModel {
  if (!(value instanceof LayersModel))
    throw new ArgumentError(subject, 'a tf.LayersModel', describe(value), hintFor(value));
  // `read` throws for disposed ones; `tf.disposeVariables` frees them without a note.
  const { registeredVariables } = engine();
  const variables = value.weights.map((weight) => (weight as unknown as { val?: Variable }).val);
  if (variables.some((variable) => variable && registeredVariables[variable.name] !== variable))
    throw new ArgumentError(subject, 'a model with its weights', 'a disposed one');
  return value;
}

function hintFor(value: unknown): string | undefined {
  const { predict, layers } = (value ?? {}) as Partial<LayersModel>;
  if (typeof predict !== 'function') return undefined;
  return Array.isArray(layers)
    ? 'It comes from another copy of TensorFlow.js than this package imports: `npm ls @tensorflow/tfjs-layers` lists them.'
    : 'A tf.GraphModel cannot be trained: load a layers model with tf.loadLayersModel.';
}

/**
 * Returns `value` if it is a model of one input and one output `[null, D]`.
 *
 * @param subject What it is, such as `option encoder`.
 * @throws ArgumentError otherwise.
 */
export function checkEncoder(subject: string, value: LayersModel): LayersModel {
  checkLayersModel(subject, value);
  // A Sequential without an input shape has neither yet.
  const { inputs = [], outputs = [] } = value;
  if (inputs.length === 1 && outputs.length === 1 && outputs[0].shape.length === 2 && outputs[0].shape[1]) return value;
  const shapes = (tensors: { shape: Shape }[]) => describe(tensors.map(({ shape }) => shape));
  const received = `inputs ${shapes(inputs)} and outputs ${shapes(outputs)}`;
  throw new ArgumentError(
    subject,
    'a built model of one input and one output [null, D]',
    received,
    hintForShapes(inputs.length, outputs.length),
  );
}

function hintForShapes(inputs: number, outputs: number): string {
  if (inputs === 0) return 'Give its first layer an inputShape.';
  if (inputs > 1) return 'Merge its inputs into one, such as channels of one image.';
  if (outputs > 1) return 'Take one: tf.model({ inputs: model.inputs, outputs: model.outputs[0] }).';
  return 'Pool or flatten its output first, or cut its classifier off with removeHead().';
}

/** Returns `value` if it is a batch that the encoder takes. @throws ArgumentError otherwise. */
export function checkBatch<T extends Tensor>(subject: string, value: T, encoder: LayersModel): T {
  const expected = encoder.inputs[0].shape;
  const holdsNumbers = value instanceof Tensor && !value.isDisposed && value.size > 0 && value.dtype !== 'string';
  if (holdsNumbers && fitsShape(value.shape, expected)) return value;
  throw new ArgumentError(
    subject,
    `a batch of the encoder's input shape ${describe(expected)}`,
    describe(value),
    expected.length === 2 ? 'An encoder of vectors needs tf.layers.flatten() in front.' : undefined,
  );
}

/** Tells whether two shapes may be the same; null is any size. */
export function fitsShape(shape: Shape, expected: Shape): boolean {
  return shape.length === expected.length && shape.every((n, i) => (n ?? expected[i]) === (expected[i] ?? n));
}
