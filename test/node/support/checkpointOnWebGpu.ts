import { createHash } from 'node:crypto';
import type * as tf from '@tensorflow/tfjs-core';
import { checkpoint, chooseBackend } from 'tfjs-nonsemantic-negatives/node';
import { makeTraining, stateBytes } from './training';

// Trains on WebGPU with a checkpoint after each step, from the newest one on; ends with a digest of the whole state.
const [dir] = process.argv.slice(2);
await chooseBackend('webgpu');
const { model, dataset, elements } = makeTraining({ images: 8 });
const saver = checkpoint({ dir, every: 1, model, dataset });
const { epoch: initialEpoch, step } = await saver.resume();
console.log(`from step ${step}`);
await model.fitDataset(elements, {
  epochs: 3,
  initialEpoch,
  verbose: 0,
  callbacks: [
    saver,
    { onBatchEnd: async () => console.log(`step ${(model.optimizer as tf.SGDOptimizer).iterations}`) },
  ],
});
console.log(
  `state ${createHash('sha256')
    .update(await stateBytes(model))
    .digest('hex')}`,
);
