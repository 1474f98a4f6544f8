/** Measures a batch of the quickstart's training on tfjs-node: `fitDataset` with data, views, patches, step, callbacks. */
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  contrastiveAccuracy,
  contrastiveDataset,
  keySimilarity,
  memoryQueue,
  metricHistory,
  momentumEncoder,
  negativeSimilarity,
  nonSemanticInfoNCE,
  patchNegative,
  projectionHead,
  queueSimilarity,
  sgd,
  twoViews,
} from 'tfjs-nonsemantic-negatives';
import { compiled, compileModel } from 'tfjs-nonsemantic-negatives/accelerate';
import { augmentations, configs, makeBackbone } from '../../examples/quickstart/config';
import { type Backend, startBackend } from '../support/backend';
import { options, serve, startClock } from '../support/serve';

const { backend, batches, graph } = options<{ backend: Backend; batches: number; graph?: string }>();
await startBackend(backend, true);
const { filters, batchSize, queueSize, momentum, temperature, learningRate, weightDecay } = configs.native;
const side = 32;
const images = tf.tidy(() =>
  tf.cast(tf.randomUniform([batches * batchSize, side, side, 3], 0, 256, 'float32', 1), 'int32'),
) as tf.Tensor4D;
const encoder = projectionHead(makeBackbone(side, filters, 1), { units: 128, seed: 1 });
const inputs = ['query', 'key', 'negative_0'].map((name) => tfl.input({ name, shape: [side, side, 3] }));
const embeddings = momentumEncoder({ encoder, momentum }).apply(inputs);
const outputs = memoryQueue({ size: queueSize, seed: 1 }).apply(embeddings) as tfl.SymbolicTensor;
const model = tfl.model({ inputs, outputs });
model.compile({
  optimizer: sgd({ learningRate, momentum: 0.9, weightDecay }),
  loss: nonSemanticInfoNCE({ temperature }),
  metrics: [contrastiveAccuracy, keySimilarity, queueSimilarity, negativeSimilarity],
});
if (graph) await compileModel(model);
const [views, patches] = [twoViews({ augmentation: augmentations(side).training }), patchNegative()];
const transform = (element: tf.TensorContainer) => patches(views(element));
const dataset = contrastiveDataset(images, { batchSize, smallLastBatch: false })
  .map(graph ? compiled(transform) : transform)
  .prefetch(2);
const epoch = () =>
  model.fitDataset(dataset as never, { epochs: 1, verbose: 0, callbacks: [metricHistory({ every: 10 })] });
await epoch();
await epoch();
await serve(async () => {
  const clock = startClock();
  await epoch();
  const { ms, cpuMs } = clock();
  return { ms: ms / batches, cpuMs: cpuMs / batches };
});
