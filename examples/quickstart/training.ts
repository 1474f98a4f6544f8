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

/** Trains `encoder` in place, and returns its history and the seconds it took; `undefined` if Ctrl-C stopped it. */
export async function train(encoder: tf.LayersModel, pictures: Pictures, options: TrainingOptions) {
  const { alpha, batchSize, seed } = options;
  const stepsPerEpoch = Math.max(1, Math.floor(pictures.size / batchSize));
  const epochs = Math.ceil(options.steps / stepsPerEpoch);
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

  // The data: images -> two views -> patches of the query view.
  const images = contrastiveDataset(pictures, {
    seed,
    batchSize: Math.min(batchSize, pictures.size),
    smallLastBatch: false,
  });
  let dataset = images.map(twoViews({ augmentation: options.augmentation, seed }));
  if (alpha !== 0) dataset = dataset.map(patchNegative({ seed }));

  const steps = epochs * stepsPerEpoch;
  const saver = checkpoint({ dir: options.stateDir, every: 50, model, dataset: images, extra: () => figures() });
  if (!options.resume) await saver.clear();
  const { epoch: initialEpoch, step, extra } = await saver.resume();
  const before = (extra ?? { records: [], seconds: 0 }) as Figures;

  const interrupt = interruptible();
  const progress = new ProgressLine(options.name, steps, batchSize, step);
  const schedule = cosineSchedule({ from: learningRate, steps, warmUp: Math.min(steps / 10, 50) });
  const history = metricHistory({ every: 10, onRecord: (record) => progress.update(record) });
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
  interrupt.release();

  if (interrupt.requested && optimizer.iterations < steps) return undefined;
  const { records, seconds } = figures();
  return { history: records, seconds, imagesPerSecond: (steps * batchSize) / seconds };
}
