/** Measures two views and a patch negative of a batch, draws included. */
import * as tf from '@tensorflow/tfjs-core';
import { mocoV2Augmentation, patchNegative, twoViews } from 'tfjs-nonsemantic-negatives';
import { compiled } from 'tfjs-nonsemantic-negatives/accelerate';
import { type Backend, startBackend } from '../support/backend';
import { options, serve, timed, warmUp } from '../support/serve';

interface TransformOptions {
  backend: Backend;
  batch: number;
  size: number;
  steps: number;
  graph?: string;
}

const { backend, batch, size, steps, graph } = options<TransformOptions>();
await startBackend(backend, true);
const images = tf.tidy(() => tf.cast(tf.randomUniform([batch, size, size, 3], 0, 256, 'float32', 1), 'int32'));
const [views, patches] = [twoViews({ augmentation: mocoV2Augmentation({ size }) }), patchNegative()];
const eager = (x: tf.Tensor) => tf.tidy(() => patches(views(x)));
const transform = graph ? compiled(eager) : eager;
const step = () => {
  const element = transform(images) as { xs: { [name: string]: tf.Tensor } };
  element.xs.negative_0.dataSync();
  tf.dispose(element);
};
warmUp(step);
await serve(() => timed(steps, step));
