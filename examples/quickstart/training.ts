import * as tf from '@tensorflow/tfjs';
import {
  contrastiveAccuracy,
  contrastiveDataset,
  cosineSchedule,
  keySimilarity,
  learningRateScheduler,
  type MocoV2Augmentation,
  memoryQueue,
  metricHistory,
  momentumEncoder,
  negativeSimilarity,
  nonSemanticInfoNCE,
  patchNegative,
  queueSimilarity,
  sgd,
  twoViews,
} from 'tfjs-nonsemantic-negatives';
import { compiled, compileModel } from 'tfjs-nonsemantic-negatives/accelerate';
import { checkpoint } from 'tfjs-nonsemantic-negatives/node';
import type { Pictures } from './pictures';
import { ProgressLine } from './progress';
import { type Figures, interruptible } from './state';

export interface TrainingOptions {
  /** The training's name in the progress line. */
  name: string;
  /** The folder of an interrupted training. */
  stateDir: string;
  resume: boolean;
  /** Optimizer steps of whole epochs. */
  steps: number;
  batchSize: number;
  learningRate: number;
  weightDecay: number;
  momentum: number;
  queueSize: number;
  temperature: number;
  /** Weight of the patch negatives; 0 trains plain MoCo, without negatives. */
  alpha: number;
  augmentation: MocoV2Augmentation;
  seed: number;
}

/** Rounds steps up to whole epochs. */
export function wholeEpochs(steps: number, images: number, batchSize: number): number {
  const perEpoch = stepsPerEpoch(images, batchSize);
  return Math.ceil(steps / perEpoch) * perEpoch;
}

const stepsPerEpoch = (images: number, batchSize: number) => Math.max(1, Math.floor(images / batchSize));

/** Trains `encoder` in place, and returns its history and the seconds it took; `undefined` if Ctrl-C stopped it. */
export async function train(encoder: tf.LayersModel, pictures: Pictures, options: TrainingOptions) {
  const { alpha, batchSize, seed, steps } = options;
  const epochs = steps / stepsPerEpoch(pictures.size, batchSize);
  const negatives = alpha === 0 ? [] : ['negative_0'];

  // The model: query and key views (and patches of the query) -> embeddings -> similarities.
  const shape = encoder.inputs[0].shape.slice(1);
  const inputs = ['query', 'key', ...negatives].map((name) => tf.input({ name, shape }));
  const embeddings = momentumEncoder({ encoder, momentum: options.momentum }).apply(inputs);
  const similarities = memoryQueue({ size: options.queueSize, seed }).apply(embeddings);
  const model = tf.model({ inputs, outputs: similarities as tf.SymbolicTensor });

  const { learningRate, weightDecay, temperature } = options;
  const optimizer = sgd({ learningRate, momentum: 0.9, weightDecay });
  model.compile({
    optimizer,
    loss: nonSemanticInfoNCE({ temperature, alpha }),
    metrics: [contrastiveAccuracy, keySimilarity, queueSimilarity, ...negatives.map(() => negativeSimilarity)],
  });

  const graph = await compileModel(model); // On tfjs-node, a step is one TensorFlow graph; its results are the same.

  // The data: images -> two views -> patches of the query view.
  const images = contrastiveDataset(pictures, {
    seed,
    batchSize: Math.min(batchSize, pictures.size),
    smallLastBatch: false,
  });
  const views = twoViews({ augmentation: options.augmentation, seed });
  const patches = patchNegative({ seed });
  const transform = compiled((element: tf.TensorContainer) => (alpha === 0 ? views(element) : patches(views(element))));
  const dataset = images.map(transform);

  const saver = checkpoint({ dir: options.stateDir, every: 50, model, dataset: images, extra: () => figures() });
  if (!options.resume) await saver.clear();
  const { epoch: initialEpoch, step, extra } = await saver.resume();
  const before = (extra ?? { records: [], seconds: 0 }) as Figures;

  const interrupt = interruptible();
  const progress = new ProgressLine(options.name, steps, batchSize, step);
  const schedule = cosineSchedule({ from: learningRate, steps, warmUp: Math.min(steps / 10, 50) });
  const history = metricHistory({
    every: 10,
    onRecord: (record) => progress.update(record, graph.report().description),
  });
  const started = performance.now();
  const figures = (): Figures => ({
    records: [...before.records, ...history.records],
    seconds: before.seconds + (performance.now() - started) / 1000,
  });
  await model.fitDataset(dataset.prefetch(2), {
    epochs,
    initialEpoch,
    verbose: 0,
    callbacks: [learningRateScheduler(schedule), history, interrupt, saver],
  });
  progress.end();
  transform.dispose();
  graph.restore();
  interrupt.release();

  if (interrupt.requested && optimizer.iterations < steps) return undefined;
  const { records, seconds } = figures();
  return { history: records, seconds, imagesPerSecond: (steps * batchSize) / seconds };
}
