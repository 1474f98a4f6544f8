import * as tf from '@tensorflow/tfjs';
import {
  batchNormalization,
  byol,
  contrastiveAccuracy,
  contrastiveDataset,
  contrastiveModel,
  cosineSchedule,
  type ImageSource,
  keySimilarity,
  learningRateScheduler,
  type MetricRecord,
  type MocoV2Augmentation,
  metricHistory,
  negativeSimilarity,
  nonSemanticByol,
  nonSemanticInfoNCE,
  patchNegative,
  predictionHead,
  projectionHead,
  queueSimilarity,
  sgd,
  trainingAlarms,
  twoViews,
} from 'tfjs-nonsemantic-negatives';
import { compileModel } from 'tfjs-nonsemantic-negatives/accelerate';
import type { Config } from '../../quickstart/config';
import type { TrainingArm } from './arms';
import { takeTexture } from './textures';

export interface TrainArgs {
  arm: TrainingArm;
  /** Pictures; their labels are textures where the arm uses them. */
  images: ImageSource;
  config: Config;
  augmentation: MocoV2Augmentation;
  seed: number;
}

/** How a training went. */
export interface TrainingFigures {
  /** By the wall clock, on whatever else the machine was doing. */
  seconds: number;
  /** What trainingAlarms said, by step. */
  alarms: { kind: string; step: number }[];
  /** Figures of some steps. */
  history: MetricRecord[];
}

/** Trains a backbone in place, as the quickstart does; the seed decides initial weights, order and every draw. */
export async function train(backbone: tf.LayersModel, args: TrainArgs): Promise<TrainingFigures> {
  const { arm, images, augmentation, seed } = args;
  const { batchSize, weightDecay, ...config } = { ...args.config, ...arm };
  const stepsPerEpoch = Math.floor(images.size / batchSize);
  const epochs = Math.ceil(config.steps / stepsPerEpoch);
  const steps = epochs * stepsPerEpoch;
  const { negatives = [], learningRate, warmUp = Math.min(steps / 10, 50) } = config;

  const optimizer = sgd({ learningRate, momentum: 0.9, weightDecay });
  const { model, loss, metrics } = (arm.method === 'BYOL' ? byolModel : mocoModel)(backbone, args, () => {
    const ramp = steps * (arm.alphaRamp ?? 0);
    return (arm.alpha ?? 0) * Math.min(1, ramp > 0 ? optimizer.iterations / ramp : 1);
  });
  model.compile({ optimizer, loss, metrics });
  const graph = await compileModel(model);

  const contrastive = contrastiveDataset(images, { seed, batchSize, smallLastBatch: false });
  let dataset: tf.data.Dataset<tf.TensorContainer> = contrastive;
  if (negatives.includes('texture')) dataset = dataset.map(takeTexture);
  dataset = dataset.map(twoViews({ augmentation, seed }));
  if (negatives.includes('patch')) dataset = dataset.map(patchNegative({ seed, patchRange: arm.patchRange }));

  const alarms: TrainingFigures['alarms'] = [];
  const history = metricHistory({ every: 101 });
  const started = performance.now();
  await model.fitDataset(dataset.prefetch(2), {
    epochs,
    verbose: 0,
    callbacks: [
      learningRateScheduler(cosineSchedule({ from: learningRate, steps, warmUp })),
      history,
      trainingAlarms({
        action: 'warn',
        // Looking at gradients would make every tenth step another graph.
        maxGradientGrowth: 0,
        onAlarm: ({ kind, step }) => alarms.push({ kind, step }),
        ...(arm.method === 'BYOL' && { minSpread: 0 }),
      }),
    ],
  });
  graph.restore();
  return { seconds: (performance.now() - started) / 1000, alarms, history: history.records };
}

type Alpha = () => number;

/** The loss with alpha as it is at each step. */
const withAlpha =
  (lossOf: (alpha: number) => ReturnType<typeof nonSemanticInfoNCE>, alpha: Alpha) =>
  (yTrue: tf.Tensor, yPred: tf.Tensor) =>
    lossOf(alpha())(yTrue, yPred);

function mocoModel(backbone: tf.LayersModel, { arm, config, seed }: TrainArgs, alpha: Alpha) {
  const { momentum, queueSize, temperature } = { ...config, ...arm };
  const encoder = projectionHead(backbone, { units: 128, seed });
  const negatives = arm.negatives?.length ?? 0;
  const model = contrastiveModel({ encoder, negatives, momentum, queueSize, seed });
  const loss = withAlpha((alpha) => nonSemanticInfoNCE({ temperature, alpha }), alpha);
  const metrics = [contrastiveAccuracy, keySimilarity, queueSimilarity, ...(negatives ? [negativeSimilarity] : [])];
  return { model, loss, metrics };
}

function byolModel(backbone: tf.LayersModel, { arm, config, seed }: TrainArgs, alpha: Alpha) {
  const { momentum } = { ...config, ...arm };
  const head = { hiddenUnits: [512], units: 128, batchNormalization };
  const projector = predictionHead(backbone.outputs[0].shape[1] as number, { ...head, seed });
  const predictor = predictionHead(128, { ...head, seed: seed + 1000 });
  const names = ['query', 'key', ...(arm.negatives ?? []).map((_, m) => `negative_${m}`)];
  const inputs = names.map((name) => tf.input({ name, shape: backbone.inputs[0].shape.slice(1) }));
  const outputs = byol({ encoder: backbone, projector, predictor, momentum }).apply(inputs) as tf.SymbolicTensor;
  return {
    model: tf.model({ inputs, outputs }),
    loss: withAlpha((alpha) => nonSemanticByol({ alpha }), alpha),
    metrics: [],
  };
}
