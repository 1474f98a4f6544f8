/** Measures what a training step holds at its peak: tensors as tfjs counts them, and the process as the system does. */
import * as tf from '@tensorflow/tfjs-core';
import { type Backend, startBackend } from '../support/backend';
import { options, serve } from '../support/serve';
import { type StepOptions, trainingStep } from '../support/trainingStep';

const { backend, ...step } = options<StepOptions & { backend: Backend }>();
await startBackend(backend, step.accelerated);
const training = trainingStep(step);
for (let i = 0; i < 5; i++) training.finish();
await serve(async () => {
  const { peakBytes } = await tf.profile(() => training.step());
  return { peakMB: peakBytes / 1e6, residentMB: process.resourceUsage().maxRSS / 1e3 };
});
