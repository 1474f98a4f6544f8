import * as tf from '@tensorflow/tfjs';
import {
  batchNormalization,
  contrastiveAccuracy,
  contrastiveDataset,
  convEncoder,
  cosineSchedule,
  type ImageSource,
  keySimilarity,
  learningRateScheduler,
  type MetricRecord,
  memoryQueue,
  metricHistory,
  mocoV2Augmentation,
  momentumEncoder,
  negativeSimilarity,
  nonSemanticInfoNCE,
  patchNegative,
  projectionHead,
  queueSimilarity,
  residualEncoder,
  sgd,
  twoViews,
} from 'tfjs-nonsemantic-negatives';
import { compileModel } from 'tfjs-nonsemantic-negatives/accelerate';
import { checkpoint } from 'tfjs-nonsemantic-negatives/node';
import { takeTexture } from '../reliance/textures';
import type { Arm, Config } from './config';

/**
 * Trains one arm with one seed: the seed decides initial weights, order of the images and every draw.
 *
 * @param images Images whose label, where the arm uses textures, is the image's texture.
 * @param stateDir Where checkpoints are; a training continues from the newest.
 * @returns The backbone, and the figures of the training every twenty steps.
 */
export async function train(
  arm: Arm,
  seed: number,
  images: ImageSource,
  config: Config,
  onRecord: (record: MetricRecord) => void,
  stateDir: string,
): Promise<{ backbone: tf.LayersModel; history: MetricRecord[] }> {
  const { epochs, learningRate, weightDecay, momentum, queueSize, temperature, blurProbability, scale } = config;
  const shape = [32, 32, 3];
  const encoderArgs = { inputShape: shape, filters: config.filters, seed, batchNormalization };
  const backbone =
    config.encoder === 'residual'
      ? residualEncoder({ ...encoderArgs, stemStrides: config.stemStrides })
      : convEncoder(encoderArgs);
  const encoder = projectionHead(backbone, { seed });

  const negatives = [arm.texture, arm.patch].filter(Boolean).map((_, i) => `negative_${i}`);
  const inputs = ['query', 'key', ...negatives].map((name) => tf.input({ name, shape }));
  const embeddings = momentumEncoder({ encoder, momentum }).apply(inputs);
  const similarities = memoryQueue({ size: queueSize, seed }).apply(embeddings);
  const model = tf.model({ inputs, outputs: similarities as tf.SymbolicTensor });
  model.compile({
    optimizer: sgd({ learningRate, momentum: 0.9, weightDecay }),
    loss: nonSemanticInfoNCE({ temperature, alpha: arm.alpha }),
    metrics: [contrastiveAccuracy, keySimilarity, queueSimilarity, ...(negatives.length ? [negativeSimilarity] : [])],
  });
  // Each step is one graph on tfjs-node, with the same results to the bit.
  const graph = await compileModel(model);

  const source = contrastiveDataset(images, { seed, batchSize: config.batchSize, smallLastBatch: false });
  let dataset: tf.data.Dataset<tf.TensorContainer> = source;
  if (arm.texture) dataset = dataset.map(takeTexture);
  dataset = dataset.map(twoViews({ augmentation: mocoV2Augmentation({ scale, blurProbability }), seed }));
  if (arm.patch) dataset = dataset.map(patchNegative({ seed }));

  const schedule = cosineSchedule({ from: learningRate, epochs });
  const history = metricHistory({ every: 20, onRecord });
  const saver = checkpoint({
    ...{ dir: stateDir, every: 100, keep: 1, model, dataset: source },
    extra: () => [...before, ...history.records],
  });
  const { epoch: initialEpoch, extra } = await saver.resume();
  const before = (extra ?? []) as MetricRecord[];
  await model.fitDataset(dataset.prefetch(2), {
    ...{ epochs, initialEpoch, verbose: 0 },
    callbacks: [learningRateScheduler(schedule), history, saver],
  });
  console.log(graph.report().description);
  graph.restore();
  return { backbone, history: [...before, ...history.records] };
}
