import type * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';

/** The values of all weights of a model, on the host. */
export const readWeights = (model: tfl.LayersModel) =>
  Promise.all(model.weights.map(async (weight) => (await weight.read().data()).slice()));

/** @throws Error if a byte of a weight is not as `readWeights` found it `before`. */
export async function expectSameWeights(owner: string, model: tfl.LayersModel, before: tf.TypedArray[]): Promise<void> {
  const after = await readWeights(model);
  const bytes = (values: tf.TypedArray) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  model.weights.forEach((weight, i) => {
    const expected = bytes(before[i]);
    if (!bytes(after[i]).every((byte, place) => byte === expected[place]))
      throw new Error(`The encoder's weight ${weight.name} changed during ${owner}, which must leave it alone.`);
  });
}
