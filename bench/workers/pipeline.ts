/** Measures the images a second of reading, of reading and transforming, of the training step, and of all together. */
import * as tf from '@tensorflow/tfjs-core';
import type * as tfd from '@tensorflow/tfjs-data';
import { contrastiveDataset, patchNegative, twoViews } from 'tfjs-nonsemantic-negatives';
import { imageFolder } from 'tfjs-nonsemantic-negatives/node';
import { type Backend, startBackend } from '../support/backend';
import { options, serve } from '../support/serve';
import { type StepOptions, trainingStep } from '../support/trainingStep';

interface PipelineOptions extends StepOptions {
  backend: Backend;
  /** A folder of pictures; none is kept in memory. */
  images: string;
}

const { backend, images, ...step } = options<PipelineOptions>();
await startBackend(backend, step.accelerated);
const folder = await imageFolder(images, { cacheBytes: 0 });
const { batch, size } = step;
const decoded = () => contrastiveDataset(folder, { batchSize: batch, smallLastBatch: false });
const transformed = () => decoded().map(twoViews({ size })).map(patchNegative());
const { model, finish } = trainingStep(step);

await serve(async () => {
  const decode = await imagesPerSecond(() => drain(decoded()));
  const pipeline = await imagesPerSecond(() => drain(transformed()));
  const batches = Math.floor(folder.size / batch);
  const training = await imagesPerSecond(async () => {
    for (let i = 0; i < batches; i++) finish();
  });
  const together = await imagesPerSecond(async () => {
    const dataset = transformed().prefetch(2) as tfd.Dataset<tf.TensorContainer>;
    await model.fitDataset(dataset, { epochs: 1, verbose: 0 });
  });
  return { decode, pipeline, training, together };
});

async function imagesPerSecond(epoch: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await epoch();
  return (Math.floor(folder.size / batch) * batch * 1000) / (performance.now() - start);
}

async function drain(dataset: tfd.Dataset<tf.TensorContainer>): Promise<void> {
  await dataset.forEachAsync((element) => void tf.dispose(element));
}
