import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';
import { glorot, labels, type MakeProgram, noise, trainBeside } from './support';

declare const BACKEND: string;
const onTensorFlow = BACKEND === 'tensorflow' ? test : test.skip;

const classifier: MakeProgram = () => {
  const model = tfl.sequential({
    layers: [
      tfl.layers.conv2d({ inputShape: [8, 8, 3], filters: 4, kernelSize: 3, kernelInitializer: glorot(1) }),
      tfl.layers.batchNormalization(),
      tfl.layers.reLU(),
      tfl.layers.flatten(),
      tfl.layers.dense({ units: 5, activation: 'softmax', kernelInitializer: glorot(2) }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  return { model, batch: (step) => [noise([6, 8, 8, 3], step), labels(6, 5, step)] };
};

test('a classifier trains as a graph where the backend has graphs, and as ever elsewhere', async () => {
  const report = await trainBeside(classifier, { steps: 12 });
  if (BACKEND === 'tensorflow') {
    expect(report).toMatchObject({ runs: 'graph', steps: { graph: 8, fast: 0, eager: 1, recorded: 2, verified: 1 } });
    expect(report.graphs).toHaveLength(1);
  } else {
    expect(report).toMatchObject({ backend: BACKEND, runs: 'eager', graphs: [], steps: { eager: 12 } });
    expect(report.description).toBe(`eager: the backend ${BACKEND} runs no graphs`);
    expect(report.reasons).toEqual({ [`the backend ${BACKEND} runs no graphs`]: 12 });
  }
});

onTensorFlow('and with accelerated kernels', async () => {
  const { restore } = await accelerate();
  const report = await trainBeside(classifier, { steps: 12 });
  restore();
  expect(report.steps).toMatchObject({ graph: 8, verified: 1 });
});
