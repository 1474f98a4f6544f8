/** Measures one view of each image of a batch, sampling included, per image. */
import * as tf from '@tensorflow/tfjs-core';
import { mocoV2Augmentation, randomStream } from 'tfjs-nonsemantic-negatives';
import { type Backend, startBackend } from '../support/backend';
import { options, serve, timed, warmUp } from '../support/serve';

interface ViewOptions {
  backend: Backend;
  batch: number;
  from: number;
  to: number;
  steps: number;
}

const { backend, batch, from, to, steps } = options<ViewOptions>();
await startBackend(backend, true);
const images = tf.tidy(() =>
  tf.cast(tf.randomUniform([batch, from, from, 3], 0, 256, 'float32', 1), 'int32'),
) as tf.Tensor4D;
const augmentation = mocoV2Augmentation({ size: to });
let count = 0;
const step = () =>
  tf.tidy(() => {
    const params = Array.from({ length: batch }, () =>
      augmentation.sample([from, from, 3], randomStream('bench', count++)),
    );
    augmentation.apply(images, params);
  });
warmUp(step);
await serve(() => {
  const { ms, cpuMs } = timed(steps, step);
  return { ms: ms / batch, cpuMs: cpuMs / batch };
});
