/** Measures a training step of the classifier of tfjs-examples/mnist-node, made of stock layers. */
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { compileModel } from 'tfjs-nonsemantic-negatives/accelerate';
import { type Backend, startBackend } from '../support/backend';
import { options, serve, timed, warmUp } from '../support/serve';

interface ClassifierOptions {
  backend: Backend;
  batch: number;
  steps: number;
  accelerated: boolean;
  graph?: 'checked' | 'fast';
}

const { backend, batch, steps, accelerated, graph } = options<ClassifierOptions>();
await startBackend(backend, accelerated);
const conv = (filters: number) => tfl.layers.conv2d({ filters, kernelSize: 3, activation: 'relu' });
const model = tfl.sequential({
  layers: [
    tfl.layers.conv2d({ inputShape: [28, 28, 1], filters: 32, kernelSize: 3, activation: 'relu' }),
    conv(32),
    tfl.layers.maxPooling2d({ poolSize: 2 }),
    conv(64),
    conv(64),
    tfl.layers.maxPooling2d({ poolSize: 2 }),
    tfl.layers.flatten(),
    tfl.layers.dropout({ rate: 0.25 }),
    tfl.layers.dense({ units: 512, activation: 'relu' }),
    tfl.layers.dropout({ rate: 0.5 }),
    tfl.layers.dense({ units: 10, activation: 'softmax' }),
  ],
});
model.compile({ optimizer: 'rmsprop', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
if (graph) await compileModel(model, { assumePure: graph === 'fast' });
const xs = tf.randomUniform([batch, 28, 28, 1], 0, 1, 'float32', 1);
const ys = tf.tidy(() => tf.oneHot(tf.cast(tf.randomUniform([batch], 0, 10, 'float32', 2), 'int32'), 10));
// What `fit` runs for each batch.
const { model: inner } = model as unknown as { model: { makeTrainFunction(): (data: tf.Tensor[]) => tf.Tensor[] } };
const step = () => tf.tidy(() => inner.makeTrainFunction()([xs, ys])[0].dataSync());
warmUp(step);
await serve(() => timed(steps, step));
