import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { randomStream } from 'tfjs-nonsemantic-negatives';

import type { Image } from './reference';

/** A reproducible picture of values in [-1, 1). */
export function picture(height: number, width: number, channels = 3): Image {
  const random = randomStream('picture', height, width);
  return Array.from({ length: height }, () =>
    Array.from({ length: width }, () => Array.from({ length: channels }, () => 2 * random() - 1)),
  );
}

/** Gives batch normalization parameters other than the initial zeros and ones, so that a test sees each of them. */
export function perturbNormalization(model: tfl.LayersModel): void {
  const random = randomStream('normalization');
  for (const layer of model.layers) {
    if (layer.getClassName() !== 'BatchNormalization') continue;
    layer.setWeights(
      layer.getWeights().map((weight) => {
        const values = Array.from({ length: weight.size }, () => 0.2 * random());
        return tf.add(weight, tf.tensor(values, weight.shape));
      }),
    );
  }
}

export function predictOne(model: tfl.LayersModel, image: Image): number[] {
  return tf.tidy(() => (model.predict(tf.tensor4d([image])) as tf.Tensor2D).arraySync()[0]);
}

export function expectClose(actual: number[], expected: number[], tolerance: number): void {
  expect(actual).toHaveLength(expected.length);
  const distance = Math.max(...actual.map((value, i) => Math.abs(value - expected[i])));
  expect(distance).toBeLessThanOrEqual(tolerance);
}

export const weightsOf = (model: tfl.LayersModel) => model.getWeights().map((weight) => weight.dataSync());

export async function saveAndLoad(
  model: tfl.LayersModel,
  load: (handler: tf.io.IOHandler) => Promise<tfl.LayersModel>,
): Promise<tfl.LayersModel> {
  let saved: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  return load(tf.io.fromMemory(saved!));
}

export const trainableParameters = (model: tfl.LayersModel) =>
  model.trainableWeights.reduce((sum, weight) => sum + tf.util.sizeFromShape(weight.shape as number[]), 0);
