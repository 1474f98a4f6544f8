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
  sgd,
  twoViews,
} from 'tfjs-nonsemantic-negatives';
import { compileModel } from 'tfjs-nonsemantic-negatives/accelerate';
import type { Arm, Config } from './config';

/**
 * Trains one arm with one seed: the seed decides initial weights, order of the images and every draw.
 *
 * @param images Images whose label, where the arm uses textures, is the image's texture.
 * @returns The backbone, and the figures of the training every twenty steps.
 */
export async function train(
  arm: Arm,
  seed: number,
  images: ImageSource,
  config: Config,
  onRecord: (record: MetricRecord) => void,
): Promise<{ backbone: tf.LayersModel; history: MetricRecord[] }> {
  const { epochs, learningRate, weightDecay, momentum, queueSize, temperature, filters, blurProbability, scale } =
    config;
  const shape = [32, 32, 3];
  const backbone = convEncoder({ inputShape: shape, filters, seed, batchNormalization });
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
  const graph = await compileModel(model); // The same results, to the bit.

  let dataset = contrastiveDataset(images, { seed }).batch(config.batchSize, false);
  if (arm.texture) dataset = dataset.map(takeTexture);
  dataset = dataset.map(twoViews({ augmentation: mocoV2Augmentation({ scale, blurProbability }), seed }));
  if (arm.patch) dataset = dataset.map(patchNegative({ seed }));

  const schedule = cosineSchedule({ from: learningRate, epochs });
  const history = metricHistory({ every: 20, onRecord });
  await model.fitDataset(dataset.prefetch(2), {
    epochs,
    verbose: 0,
    callbacks: [learningRateScheduler(schedule), history],
  });
  console.log(graph.report().description);
  graph.restore();
  return { backbone, history: history.records };
}

/** Training ignores labels, so the texture takes the label's place and travels with its image through `tf.data`. */
function takeTexture(element: tf.TensorContainer): tf.TensorContainer {
  const { xs, ys } = element as { xs: tf.Tensor; ys: tf.Tensor };
  return { xs: { image: xs, negative_0: ys }, ys: tf.zeros([xs.shape[0], 1]) };
}
