import * as tf from '@tensorflow/tfjs';
import {
  contrastiveAccuracy,
  contrastiveDataset,
  cosineDecay,
  keySimilarity,
  learningRateScheduler,
  type MetricRecord,
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
import type { Pictures } from './pictures';
import { ProgressLine } from './progress';
import { finished, interruptible, readState, writeState } from './state';

export interface TrainingOptions {
  /** What is trained, as the progress line calls it. */
  name: string;
  /** Where an interrupted training is kept. */
  stateDir: string;
  resume: boolean;
  steps: number;
  batchSize: number;
  learningRate: number;
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

  const { learningRate, temperature } = options;
  const optimizer = sgd({ learningRate, momentum: 0.9, weightDecay: 1e-4 });
  model.compile({
    optimizer,
    loss: nonSemanticInfoNCE({ temperature, alpha }),
    metrics: [contrastiveAccuracy, keySimilarity, queueSimilarity, ...negatives.map(() => negativeSimilarity)],
  });

  const state = options.resume ? await readState(options.stateDir, model, optimizer) : undefined;
  const initialEpoch = state?.epoch ?? 0;

  // The data: images -> two views -> patches of the query view.
  let dataset = contrastiveDataset(pictures, { seed, initialEpoch })
    .batch(Math.min(batchSize, pictures.size), false)
    .map(twoViews({ augmentation: options.augmentation, seed }));
  if (alpha !== 0) dataset = dataset.map(patchNegative({ seed }));

  const steps = epochs * stepsPerEpoch;
  const interrupt = interruptible();
  const progress = new ProgressLine(options.name, steps, batchSize, initialEpoch * stepsPerEpoch);
  const schedule = cosineDecay({ learningRate, duration: steps, warmUp: Math.min(steps / 10, 50) });
  const history = metricHistory({ every: 10, onRecord: (record) => progress.update(record) });
  const started = performance.now();
  if (initialEpoch < epochs)
    await model.fitDataset(dataset.prefetch(2), {
      epochs,
      initialEpoch,
      verbose: 0,
      callbacks: [learningRateScheduler(schedule, { by: 'step' }), history, interrupt],
    });
  progress.end();
  interrupt.release();

  const records: MetricRecord[] = [...(state?.records ?? []), ...history.records];
  const seconds = (state?.seconds ?? 0) + (performance.now() - started) / 1000;
  const epoch = interrupt.stoppedAfter ?? epochs;
  await writeState(options.stateDir, model, { epoch, records, seconds });
  return finished(epoch, epochs)
    ? { history: records, seconds, imagesPerSecond: (steps * batchSize) / seconds }
    : undefined;
}
