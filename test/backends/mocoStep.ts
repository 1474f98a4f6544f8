import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  convEncoder,
  type EncoderArgs,
  memoryQueue,
  momentumEncoder,
  nonSemanticInfoNCE,
  patchNegative,
  projectionHead,
  sgd,
  twoViews,
} from 'tfjs-nonsemantic-negatives';
import { noiseBatch } from '../support/images';

const names = ['query', 'key', 'negative_0'];

/** MoCo with one patch negative and the networks of the bench (blocks of 32-64-128-256 and an MLP), on few, small images. */
export function mocoStep(batch = 4, encoderArgs: Pick<EncoderArgs, 'batchNormalization'> = {}) {
  const shape = [8, 8, 3];
  const encoder = projectionHead(convEncoder({ inputShape: shape, ...encoderArgs }), { units: 128 });
  const inputs = names.map((name) => tfl.input({ name, shape }));
  const embeddings = momentumEncoder({ encoder, momentum: 0.99 }).apply(inputs) as tfl.SymbolicTensor;
  const queue = memoryQueue({ size: 64 });
  const model = tfl.model({ inputs, outputs: queue.apply(embeddings) as tfl.SymbolicTensor });
  const optimizer = sgd({ learningRate: 0.03, momentum: 0.9, weightDecay: 1e-4 });
  model.compile({ optimizer, loss: nonSemanticInfoNCE({ alpha: 2 }) });

  const [views, patches, images] = [twoViews({ seed: 1 }), patchNegative({ seed: 1 }), noiseBatch(batch, 8, 8)];
  return {
    queue,
    /** The query, key and negative of the same images, and the labels that fitDataset asks for. */
    augment(): tf.Tensor[] {
      const { xs, ys } = patches(views(images));
      return [...names.map((name) => (xs as Record<string, tf.Tensor>)[name]), ys];
    },
    /** What fitDataset calls for each batch: forward, backward, update; the loss comes back on the device. */
    train: (model as unknown as { makeTrainFunction(): (data: tf.Tensor[]) => tf.Scalar[] }).makeTrainFunction(),
  };
}

/** These name a tensor's memory anew; no backend computes anything for them. */
const aliases = ['Reshape', 'Identity', 'Cast', 'ExpandDims'];

/** The programs that webgl or webgpu launches within `f`. */
export function launchesOf(f: () => unknown): number {
  type Backend = { [method: string]: () => unknown };
  const method = tf.getBackend() === 'webgl' ? 'runWebGLProgram' : 'runWebGPUProgram';
  const spy = jest.spyOn(tf.backend() as unknown as Backend, method);
  f();
  const launches = spy.mock.calls.length;
  spy.mockRestore();
  return launches;
}

/** The kernels that run within `f`, without aliases. */
export function kernelsOf(f: () => unknown): number {
  const spy = jest.spyOn(tf.engine(), 'runKernel');
  f();
  const kernels = spy.mock.calls.filter(([name]) => !aliases.includes(name));
  spy.mockRestore();
  return kernels.length;
}
