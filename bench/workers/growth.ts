/** Measures a training step at one setting: its time, its peak of bytes, and the time of the queue and the loss alone. */
import * as tf from '@tensorflow/tfjs-core';
import { l2Normalize, memoryQueue, nonSemanticInfoNCE } from 'tfjs-nonsemantic-negatives';
import { type Backend, startBackend } from '../support/backend';
import { options, serve, timed, warmUp } from '../support/serve';
import { type StepOptions, trainingStep } from '../support/trainingStep';

const { backend, steps, ...step } = options<StepOptions & { backend: Backend; steps: number }>();
await startBackend(backend, step.accelerated);
const training = trainingStep(step);
warmUp(() => void training.finish());
const { peakBytes } = await tf.profile(() => training.step());

const { batch, queue: size, negatives } = step;
const queue = memoryQueue({ size });
const loss = nonSemanticInfoNCE();
const embeddings = tf.tidy(() => l2Normalize(tf.randomNormal([batch, 2 + negatives, 128])));
const gradient = tf.grad((x: tf.Tensor) => loss(null, queue.apply(x, { training: true }) as tf.Tensor));
const queueStep = () => tf.dispose(gradient(embeddings));
warmUp(queueStep);

await serve(() => ({
  ms: timed(steps, () => void training.finish()).ms,
  queueMs: timed(steps, queueStep).ms,
  peakMB: peakBytes / 1e6,
}));
