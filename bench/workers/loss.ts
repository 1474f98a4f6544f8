/** Measures the loss forward and backward: similarities to keys, queue and negatives, and the gradient of the queries. */
import * as tf from '@tensorflow/tfjs-core';
import { contrastiveSimilarities, l2Normalize, nonSemanticInfoNCE } from 'tfjs-nonsemantic-negatives';
import { type Backend, startBackend } from '../support/backend';
import { options, serve, timed, warmUp } from '../support/serve';

interface LossOptions {
  backend: Backend;
  accelerated: boolean;
  batch: number;
  dimensions: number;
  queue: number;
  steps: number;
}

const { backend, accelerated, batch, dimensions, queue: size, steps } = options<LossOptions>();
await startBackend(backend, accelerated);
const rows = (count: number, seed: number) =>
  tf.tidy(() => l2Normalize(tf.randomNormal([count, dimensions], 0, 1, 'float32', seed)));
const [query, key, negative] = [1, 2, 3].map((seed) => rows(batch, seed));
const queue = rows(size, 4);
const loss = nonSemanticInfoNCE({ temperature: 0.2, alpha: 2 });
const gradient = tf.valueAndGrad((q: tf.Tensor) =>
  loss(null, contrastiveSimilarities(q, key, { queue, negatives: [negative] })),
);
const step = () =>
  tf.tidy(() => {
    const { value, grad } = gradient(query);
    grad.dataSync();
    value.dataSync();
  });
warmUp(step);
await serve(() => timed(steps, step));
