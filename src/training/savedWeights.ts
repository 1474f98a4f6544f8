import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { savedHint } from '../data/dataOrder';
import { ArgumentError } from '../support/errors';

/** A weight as in model artifacts. */
export interface SavedWeight {
  spec: tf.io.WeightsManifestEntry;
  values: Float32Array | Int32Array | Uint8Array;
}

/**
 * Decodes weights in their order; `tf.io.decodeWeights` goes by name, and two models of one class may share names.
 *
 * @throws ArgumentError if the number of bytes does not match the shapes.
 */
export function decodeWeights(specs: readonly tf.io.WeightsManifestEntry[], data: ArrayBuffer): SavedWeight[] {
  const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };
  const lengthOf = ({ shape, dtype }: tf.io.WeightsManifestEntry) =>
    tf.util.sizeFromShape(shape) * arrays[dtype as keyof typeof arrays].BYTES_PER_ELEMENT;
  const needed = specs.reduce((sum, spec) => sum + lengthOf(spec), 0);
  if (needed !== data.byteLength)
    throw new ArgumentError(
      'the artifacts',
      `${needed} bytes of weights`,
      `${data.byteLength}`,
      'Their shapes need as many.',
    );
  let offset = 0;
  return specs.map((spec) => {
    const TypedArray = arrays[spec.dtype as keyof typeof arrays];
    const values = new TypedArray(data.slice(offset, offset + lengthOf(spec)));
    offset += lengthOf(spec);
    return { spec, values };
  });
}

export function toTensor({ spec, values }: SavedWeight): tf.Tensor {
  return tf.tensor(values, spec.shape, spec.dtype as 'float32' | 'int32' | 'bool');
}

/** Checks weights before they are saved. @throws ArgumentError for a weight that is NaN or infinite. */
export function checkFiniteWeights(weights: readonly SavedWeight[], step: number): void {
  for (const { spec, values } of weights) {
    const bad = values.find((value) => !Number.isFinite(value));
    if (bad !== undefined)
      throw new ArgumentError(`the weight ${spec.name} at step ${step}`, 'finite values to save', `${bad}`);
  }
}

/** Checks that saved weights fit a model. @throws ArgumentError for another number, shape or type. */
export function checkWeights(model: tfl.LayersModel, saved: readonly SavedWeight[]): void {
  const kind = (x: { shape: readonly (number | null)[]; dtype: string }) => `${x.dtype} [${x.shape.join(', ')}]`;
  if (saved.length !== model.weights.length)
    throw new ArgumentError('the model', `${saved.length} weights`, `${model.weights.length}`, savedHint);
  model.weights.forEach((weight, i) => {
    const { spec } = saved[i];
    if (kind(weight) !== kind(spec))
      throw new ArgumentError(
        `the model's weight ${weight.originalName}`,
        kind(spec),
        kind(weight),
        `It was saved from ${spec.name}.`,
      );
  });
}
