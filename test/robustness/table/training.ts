import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  batchNormalization,
  batchSimilarities,
  classificationHead,
  contrastiveAccuracy,
  contrastiveModel,
  contrastiveSimilarities,
  convEncoder,
  cosineSchedule,
  exportEncoder,
  keySimilarity,
  l2Normalize,
  learningRateScheduler,
  MemoryQueue,
  MomentumEncoder,
  memoryQueue,
  metricHistory,
  momentumEncoder,
  negativeSimilarity,
  nonSemanticInfoNCE,
  projectionHead,
  queueSimilarity,
  randomStream,
  removeHead,
  residualEncoder,
  resNet18,
  resNet50,
  setLearningRate,
  sgd,
  stepDecay,
} from 'tfjs-nonsemantic-negatives';
import { convEncoderOptions } from '../../../src/encoders/convEncoder';
import { classificationHeadOptions } from '../../../src/encoders/heads/classificationHead';
import { projectionHeadOptions } from '../../../src/encoders/heads/projectionHead';
import { removeHeadOptions } from '../../../src/encoders/heads/removeHead';
import { residualEncoderOptions } from '../../../src/encoders/residualEncoder';
import { resNetOptions } from '../../../src/encoders/resNet';
import { batchNormalizationOptions as normalization } from '../../../src/layers/batchNormalizationArgs';
import { batchSimilaritiesOptions } from '../../../src/layers/batchSimilarities';
import { contrastiveModelOptions } from '../../../src/layers/contrastiveModel';
import { layerOptions } from '../../../src/layers/layerArgs';
import { memoryQueueOptions } from '../../../src/layers/memoryQueueArgs';
import { momentumEncoderOptions } from '../../../src/layers/momentumEncoder';
import { nonSemanticInfoNCEOptions } from '../../../src/losses/nonSemanticInfoNCE';
import { metricHistoryOptions } from '../../../src/training/metricHistory';
import { schedulerOptions } from '../../../src/training/scheduler';
import { cosineScheduleOptions, stepDecayOptions } from '../../../src/training/schedules';
import { sgdOptions } from '../../../src/training/sgd';
import type { Subject } from '../subject';
import { fromSpecs, list, number, type Option, only } from '../values';
import { headValues } from './byol';
import { denseModel, layerInput, model, plain, symbolic, tensor, withInputs, withModels } from './inputs';

const layerValues = { name: ['chosen'], trainable: [true, false] };
const networkValues = { seed: [0, 3], batchNormalization: [batchNormalization], name: ['chosen'] };

const encoder = (
  factory: (options: object) => tfl.LayersModel,
  options: Subject['options'],
  heavy = false,
): Subject => ({
  name: factory.name,
  inputs: {},
  options,
  required: ['inputShape'],
  call: (_, o) => factory(o),
  heavy,
});

/** A model's layers that are not those of `other`. */
function disposeOwn({ layers }: tfl.LayersModel, other: tfl.LayersModel): void {
  const shared: object[] = other.layers;
  for (const layer of layers) if (!shared.includes(layer)) layer.dispose();
}

/** A classifier of the images that `denseModel` takes. */
function classifier(): tfl.LayersModel {
  const input = tfl.input({ shape: [4, 4, 3] });
  const layers = [tfl.layers.flatten(), tfl.layers.dense({ units: 5 }), tfl.layers.dense({ units: 2 })];
  return tfl.model({ inputs: input, outputs: layers.reduce((x, layer) => symbolic(layer.apply(x)), input) });
}

const layerTensors = {
  query: layerInput([2, 4, 4, 3]),
  key: layerInput([2, 4, 4, 3]),
  negative: layerInput([2, 4, 4, 3]),
};

type Metric = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor;

const metric = (metric: Metric): Subject => ({
  name: metric.name,
  inputs: { yPred: tensor([3, 6]) },
  options: {},
  call: (x) => metric(null as never, x.yPred),
  check: (result: tf.Tensor) => expect(result.shape).toEqual([]),
});

const optimizer = (): Subject['inputs'][string] => plain({}, null, undefined, 3, 'sgd', {});

export const training: Subject[] = [
  encoder(convEncoder, fromSpecs(convEncoderOptions, { inputShape: [[8, 8, 3]], filters: [[4, 5]], ...networkValues })),
  encoder(
    residualEncoder,
    fromSpecs(residualEncoderOptions, {
      ...{ inputShape: [[8, 8, 3]], filters: [[4, 5]], blocks: [[1, 1, 1, 1]], stemStrides: [1, 2] },
      ...networkValues,
    }),
  ),
  encoder(resNet18, fromSpecs(resNetOptions, { inputShape: [[8, 8, 3]], ...networkValues }), true),
  encoder(resNet50, fromSpecs(resNetOptions, { inputShape: [[8, 8, 3]], ...networkValues }), true),
  {
    name: 'projectionHead',
    inputs: { backbone: model() },
    options: fromSpecs(projectionHeadOptions, headValues),
    call: (x, o) => disposeOwn(projectionHead(x.backbone, o), x.backbone),
  },
  {
    name: 'classificationHead',
    inputs: { backbone: model() },
    options: fromSpecs(classificationHeadOptions, {
      ...{ classes: [2, 3], dropout: [0, 0.5], seed: [0, 3], name: ['chosen'] },
    }),
    required: ['classes'],
    call: (x, o) => disposeOwn(classificationHead(x.backbone, o), x.backbone),
  },
  {
    name: 'removeHead',
    inputs: {
      model: { make: classifier, bad: [...(model().bad?.slice(0, 8) ?? []), () => tfl.sequential(), denseModel] },
    },
    options: {
      name: fromSpecs({ name: removeHeadOptions.name }, { name: ['chosen'] }).name,
      layer: { good: [undefined], fits: () => false, near: ['', 'absent'] },
    },
    call: (x, o) => void removeHead(x.model, o),
  },
  {
    name: 'momentumEncoder',
    inputs: { encoder: model(), ...layerTensors },
    options: fromSpecs(
      { momentum: momentumEncoderOptions.momentum, ...layerOptions },
      { momentum: [0, 0.9, 1], ...layerValues },
    ),
    call: (x, o) => {
      const layer = momentumEncoder(withInputs(o, { encoder: x.encoder }));
      return withModels([layer.keyEncoder], () => layer.apply([x.query, x.key, x.negative], { training: true }));
    },
    check: (result: tf.Tensor) => expect(result.shape).toEqual([2, 3, 3]),
  },
  {
    name: 'memoryQueue',
    inputs: { embeddings: layerInput([2, 3, 5]) },
    options: fromSpecs(memoryQueueOptions, {
      size: [3, 4],
      seed: [0, 1, -7.5],
      warmStart: [true, false],
      ...layerValues,
    }),
    required: ['size'],
    call: (x, o) => {
      const layer = memoryQueue(o);
      return withModels([layer], () => layer.apply(x.embeddings, { training: true }));
    },
  },
  {
    name: 'batchSimilarities',
    inputs: { embeddings: layerInput([2, 3, 5]) },
    options: fromSpecs(batchSimilaritiesOptions, layerValues),
    call: (x, o) => batchSimilarities(o).apply(x.embeddings),
    check: (result: tf.Tensor) => expect(result.shape).toEqual([2, 3]),
  },
  {
    name: 'contrastiveModel',
    inputs: { encoder: model() },
    options: {
      ...fromSpecs(
        { queueSize: contrastiveModelOptions.queueSize, momentum: contrastiveModelOptions.momentum },
        // Without a queue the encoder is a layer of the model, and freed with it.
        { queueSize: [4, 5], momentum: [0, 1] },
      ),
      ...fromSpecs(
        {
          seed: contrastiveModelOptions.seed,
          warmStart: contrastiveModelOptions.warmStart,
          normalizeOutput: contrastiveModelOptions.normalizeOutput,
          name: contrastiveModelOptions.name,
        },
        { seed: [0, -7.5], warmStart: [true, false], normalizeOutput: [true, false], name: ['chosen'] },
      ),
      negatives: number({ min: 0, integer: true }, 1),
    },
    required: ['negatives'],
    call: async (x, o) => {
      const made = contrastiveModel(withInputs(o, { encoder: x.encoder }));
      const momentumEncoders = made.layers.filter((layer) => layer instanceof MomentumEncoder);
      // A normalized encoder is a layer of another model, and so counted twice.
      const models = momentumEncoders.flatMap(({ encoder, keyEncoder }) =>
        encoder === x.encoder ? [keyEncoder] : [keyEncoder, ...encoder.layers.slice(1)],
      );
      const queues = made.layers.filter((layer) => layer instanceof MemoryQueue);
      return withModels([...models, ...queues], () =>
        tf.tidy(
          () =>
            made.apply(
              made.inputs.map(() => tf.ones([2, 4, 4, 3])),
              { training: true },
            ) as tf.Tensor,
        ),
      );
    },
  },
  {
    name: 'batchNormalization',
    inputs: { x: layerInput([4, 3, 3, 2]) },
    options: {
      axis: number({ integer: true, min: -4, max: 3 }, -1, 1),
      splits: number({ min: 1, integer: true }, 1, 2, 4),
      ...fromSpecs(
        { momentum: normalization.momentum, epsilon: normalization.epsilon, center: normalization.center },
        { momentum: [0, 0.9], epsilon: [1e-3], center: [true, false] },
      ),
      ...fromSpecs({ scale: normalization.scale, ...layerOptions }, { scale: [true, false], ...layerValues }),
    },
    call: (x, o) => {
      const layer = batchNormalization(o);
      return withModels(
        [{ dispose: () => layer.built && layer.dispose() }],
        () => layer.apply(x.x, { training: true }) as tf.Tensor,
      );
    },
  },
  {
    name: 'exportEncoder',
    inputs: { model: { ...model(), bad: model().bad?.slice(0, 7) } },
    options: {},
    call: (x) => exportEncoder(x.model),
  },
  {
    name: 'contrastiveSimilarities',
    inputs: {
      query: tensor([3, 4]),
      key: tensor([3, 4]),
      queue: { ...tensor([5, 4]), optional: true },
      negative: tensor([3, 4]),
    },
    options: {},
    call: (x) => contrastiveSimilarities(x.query, x.key, { queue: x.queue, negatives: [x.negative] }),
  },
  {
    name: 'nonSemanticInfoNCE',
    inputs: { yPred: tensor([3, 6]) },
    options: fromSpecs(nonSemanticInfoNCEOptions, {
      ...{ temperature: [0.2, 1e-6], alpha: [2, 0, -1], negatives: [1, 0] },
    }),
    required: ['negatives'],
    call: (x, o) => nonSemanticInfoNCE(o)(null, x.yPred),
    check: (result: tf.Tensor) => expect(result.shape).toEqual([]),
  },
  ...[contrastiveAccuracy, keySimilarity, queueSimilarity, negativeSimilarity].map(metric),
  {
    name: 'l2Normalize',
    inputs: { x: tensor([3, 4]) },
    options: {},
    call: (x) => l2Normalize(x.x),
  },
  {
    name: 'randomStream',
    inputs: { key: plain('key', null, undefined, {}, Symbol('s'), [], true) },
    options: {},
    call: (x) => randomStream(x.key, 1)(),
  },
  {
    name: 'sgd',
    inputs: {},
    options: fromSpecs(sgdOptions, {
      ...{ learningRate: [0, 0.5], momentum: [0, 0.5], weightDecay: [0, 0.5], clipNorm: [1] },
    }),
    required: ['learningRate'],
    call: (_, o) => {
      const optimizer = sgd(o);
      const w = tf.tidy(() => tf.variable(tf.tensor1d([1, 2])));
      optimizer.minimize(() => tf.sum(tf.square(w)), false, [w]);
      optimizer.dispose();
      w.dispose();
      // The count of steps is the optimizer's own number.
      return optimizer.iterations;
    },
  },
  {
    name: 'setLearningRate',
    inputs: { optimizer: { ...optimizer(), make: () => sgd({ learningRate: 1 }) } },
    options: {},
    call: (x) => setLearningRate(x.optimizer, 0.5),
  },
  {
    name: 'learningRateScheduler',
    inputs: { schedule: plain(() => 0.1, null, undefined, 3, 'cosine', {}) },
    options: fromSpecs(schedulerOptions, { by: ['step', 'epoch'] }),
    call: (x, o) => void learningRateScheduler(x.schedule, o),
  },
  {
    name: 'metricHistory',
    inputs: {},
    options: fromSpecs(metricHistoryOptions, { every: [1, 2], onRecord: [() => {}] }),
    call: (_, o) => void metricHistory(o),
  },
  {
    name: 'cosineSchedule',
    inputs: {},
    options: {
      ...fromSpecs(cosineScheduleOptions, { from: [0, 1], to: [0, 2], steps: [10, 0.5], epochs: [], warmUp: [0] }),
      // One of two: the other one is required here.
      epochs: only(),
    },
    required: ['from', 'steps'],
    call: (_, o) => cosineSchedule(o)(3),
  },
  {
    name: 'stepDecay',
    inputs: {},
    options: {
      ...fromSpecs(stepDecayOptions, { from: [0, 0.5], at: [], factor: [0, 2], unit: ['step', 'epoch'] }),
      at: ascending(list(number({}), () => true, [1, 2], [])),
    },
    required: ['from', 'at'],
    call: (_, o) => stepDecay(o)(3),
  },
];

/** A list that is refused in another order. */
function ascending(numbers: Option): Option {
  const fits = (value: unknown) =>
    numbers.fits(value) && (value as number[]).every((x, i, all) => i === 0 || x > all[i - 1]);
  return { ...numbers, fits, near: [...numbers.near, [2, 1], [1, 1]] };
}
