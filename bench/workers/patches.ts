/** Measures patch negatives of a batch, sampling included. */
import * as tf from '@tensorflow/tfjs-core';
import { patchNegative, randomStream } from 'tfjs-nonsemantic-negatives';
import { type Backend, startBackend } from '../support/backend';
import { options, serve, timed, warmUp } from '../support/serve';

const { backend, batch, size, steps } = options<{ backend: Backend; batch: number; size: number; steps: number }>();
await startBackend(backend, true);
const images = tf.randomNormal([batch, size, size, 3], 0, 1, 'float32', 1) as tf.Tensor4D;
const patches = patchNegative({ patchRange: [16, 72] });
let count = 0;
const step = () =>
  tf.tidy(() => {
    const params = Array.from({ length: batch }, () => patches.sample([size, size, 3], randomStream('bench', count++)));
    patches.apply(images, params);
  });
warmUp(step);
await serve(() => timed(steps, step));
