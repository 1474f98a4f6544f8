import { parentPort, workerData } from 'node:worker_threads';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { compileModel, type GraphReport } from 'tfjs-nonsemantic-negatives/accelerate';

/** What twelve steps gave. */
export interface Outcome {
  losses: number[];
  weights: number[][];
  report: GraphReport;
}

/** Trains a small classifier, compiled or not, on the current backend. */
export async function trainClassifier(isCompiled: boolean): Promise<Outcome> {
  const kernelInitializer = tfl.initializers.glorotNormal({ seed: 1 });
  const model = tfl.sequential({
    layers: [
      tfl.layers.dense({ inputShape: [6], units: 8, activation: 'relu', kernelInitializer }),
      tfl.layers.batchNormalization(),
      tfl.layers.dense({ units: 3, activation: 'softmax', kernelInitializer }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy' });
  const handle = isCompiled ? await compileModel(model) : undefined;
  const x = tf.randomNormal([8, 6], 0, 1, 'float32', 1);
  const y = tf.tidy(() => tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2, 0, 1], 'int32'), 3));
  const losses: number[] = [];
  for (let step = 0; step < 12; step++) losses.push((await model.trainOnBatch(x, y)) as number);
  const report = handle?.report() as GraphReport;
  handle?.restore();
  const weights = model.getWeights().map((weight) => Array.from(weight.dataSync()));
  tf.dispose([x, y]);
  model.dispose();
  return { losses, weights, report };
}

/** Trains in this thread on native TensorFlow, and posts what came of it. */
export async function trainInThread(): Promise<void> {
  require(workerData.packageName);
  await tf.setBackend('tensorflow');
  parentPort?.postMessage(await trainClassifier(true));
}
