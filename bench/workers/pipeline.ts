/**
 * Measures the images a second of reading, of reading and transforming here and in a thread, of the training step, and
 * of all together, the images transformed here and in a thread; and what all cores spend on an image.
 */
import * as tf from '@tensorflow/tfjs-core';
import type * as tfd from '@tensorflow/tfjs-data';
import { contrastiveDataset, patchNegative, twoViews } from 'tfjs-nonsemantic-negatives';
import { imageFolder, workerDataset } from 'tfjs-nonsemantic-negatives/node';
import { type Backend, startBackend } from '../support/backend';
import { options, serve, startClock } from '../support/serve';
import { type StepOptions, trainingStep } from '../support/trainingStep';

interface PipelineOptions extends StepOptions {
  backend: Backend;
  /** A folder of pictures; none is kept in memory. */
  images: string;
  /** Side that they are decoded to. */
  decoded?: number;
  /** Backend of the thread. */
  threadBackend?: 'tfjs-node' | 'wasm';
}

const { backend, images, decoded: side, threadBackend, ...step } = options<PipelineOptions>();
await startBackend(backend, step.accelerated);
const folder = await imageFolder(images, { cacheBytes: 0, size: side });
const { batch, size } = step;
const args = { batchSize: batch, smallLastBatch: false };
const transforms = [twoViews({ size }), patchNegative()] as const;
const decoded = () => contrastiveDataset(folder, args);
const transformed = () => decoded().map(transforms[0]).map(transforms[1]);
const inThread = await workerDataset(folder, transforms, { ...args, backend: threadBackend });
const { model, finish } = trainingStep(step);
const fit = (dataset: tfd.Dataset<tf.TensorContainer>) => model.fitDataset(dataset, { epochs: 1, verbose: 0 });

await serve(async () => {
  const decode = await measure(() => drain(decoded()));
  const pipeline = await measure(() => drain(transformed()));
  const thread = await measure(() => drain(inThread));
  const batches = Math.floor(folder.size / batch);
  const training = await measure(async () => {
    for (let i = 0; i < batches; i++) finish();
  });
  const together = await measure(() => fit(transformed().prefetch(2)));
  const threaded = await measure(() => fit(inThread));
  const rates = { decode, pipeline, thread, training, together, threaded };
  return {
    ...Object.fromEntries(Object.entries(rates).map(([name, { perSecond }]) => [name, perSecond])),
    threadCpuMs: thread.cpuMs,
    trainingCpuMs: training.cpuMs,
    threadedCpuMs: threaded.cpuMs,
  };
});

/** Images a second of an epoch, and the milliseconds that all cores spend on an image. */
async function measure(epoch: () => Promise<unknown>): Promise<{ perSecond: number; cpuMs: number }> {
  const count = Math.floor(folder.size / batch) * batch;
  const clock = startClock();
  await epoch();
  const { ms, cpuMs } = clock();
  return { perSecond: (count * 1000) / ms, cpuMs: cpuMs / count };
}

async function drain(dataset: tfd.Dataset<tf.TensorContainer>): Promise<void> {
  await dataset.forEachAsync((element) => void tf.dispose(element));
}
