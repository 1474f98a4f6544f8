import * as tf from '@tensorflow/tfjs-core';
import { chooseBackend } from 'tfjs-nonsemantic-negatives/node';
import { makeTraining } from './training';

// A short training with patch negatives on WebGPU; prints one line of JSON.
const { description } = await chooseBackend('webgpu');
const { model, elements } = makeTraining({ images: 16 });
const tensors: number[] = [];
const { history } = await model.fitDataset(elements, {
  epochs: 3,
  verbose: 0,
  callbacks: { onEpochEnd: async () => void tensors.push(tf.memory().numTensors) },
});
console.log(JSON.stringify({ description, losses: history.loss, leaked: tensors[2] - tensors[1] }));
