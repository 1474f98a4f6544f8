import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import {
  batchNormalization,
  contrastiveAccuracy,
  contrastiveSimilarities,
  convEncoder,
  cosineDecay,
  exportEncoder,
  keySimilarity,
  l2Normalize,
  learningRateScheduler,
  memoryQueue,
  metricHistory,
  momentumEncoder,
  negativeSimilarity,
  nonSemanticInfoNCE,
  projectionHead,
  queueSimilarity,
  randomStream,
  residualEncoder,
  resNet18,
  resNet50,
  setLearningRate,
  sgd,
  stepDecay,
} from 'tfjs-nonsemantic-negatives';
import type { Subject } from '../subject';
import { boolean, choice, functions, list, number, type Option } from '../values';
import { layerInput, model, plain, tensor, withInputs, withModels } from './inputs';

const seed = number({}, 0, 1, -7.5);
const integerSeed = number({ integer: true }, 0, 3);
const positive = number({ min: 1, integer: true }, 1, 2);
const notNegative = number({ min: 0 }, 0, 0.5);
const name: Option = { good: ['chosen'], fits: (value) => typeof value === 'string' && value !== '', near: [''] };
const sizes = (...good: number[][]) => list(number({ min: 1, integer: true }), (n) => n >= 1, ...good);
const normalization = functions(batchNormalization);
const inputShape = list(number({ min: 1, integer: true }), (n) => n === 3, [8, 8, 3]);

type EncoderFactory = (options: object) => tfl.LayersModel;

const encoder = (factory: EncoderFactory, options: Subject['options'], heavy = false): Subject => ({
  name: factory.name,
  inputs: {},
  options: { inputShape, seed: integerSeed, batchNormalization: normalization, name, ...options },
  required: ['inputShape'],
  call: (_, o) => factory(o),
  heavy,
});

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
  encoder(convEncoder, { filters: sizes([4, 5]) }),
  encoder(residualEncoder, { filters: sizes([4, 5]), blocks: sizes([1, 1, 1, 1]), stemStrides: positive }),
  encoder(resNet18, {}, true),
  encoder(resNet50, {}, true),
  {
    name: 'projectionHead',
    inputs: { backbone: model() },
    options: {
      ...{ units: positive, hiddenUnits: list(number({ min: 1, integer: true }), () => true, [4], []) },
      ...{ batchNormalization: normalization, seed: integerSeed, name },
    },
    call: (x, o) => {
      const { layers } = projectionHead(x.backbone, o);
      const own: object[] = (x.backbone as tfl.LayersModel).layers;
      // The backbone's layers are the backbone's still.
      for (const layer of layers) if (!own.includes(layer)) layer.dispose();
    },
  },
  {
    name: 'momentumEncoder',
    inputs: {
      encoder: model(),
      query: layerInput([2, 4, 4, 3]),
      key: layerInput([2, 4, 4, 3]),
      negative: layerInput([2, 4, 4, 3]),
    },
    options: { momentum: number({ min: 0, max: 1 }, 0, 0.9, 1), name, trainable: boolean },
    call: (x, o) => {
      const layer = momentumEncoder(withInputs(o, { encoder: x.encoder }));
      return withModels([layer.keyEncoder], () => layer.apply([x.query, x.key, x.negative], { training: true }));
    },
    check: (result: tf.Tensor) => expect(result.shape).toEqual([2, 3, 3]),
  },
  {
    name: 'memoryQueue',
    inputs: { embeddings: layerInput([2, 3, 5]) },
    options: { size: number({ min: 1, integer: true }, 3, 4), seed, name, trainable: boolean },
    required: ['size'],
    call: (x, o) => {
      const layer = memoryQueue(o);
      return withModels([{ dispose: () => layer.built && layer.dispose() }], () =>
        layer.apply(x.embeddings, { training: true }),
      );
    },
  },
  {
    name: 'batchNormalization',
    inputs: { x: layerInput([4, 3, 3, 2]) },
    options: {
      ...{ axis: number({ integer: true, min: -4, max: 3 }, -1, 1), momentum: number({ min: 0, max: 1 }, 0, 0.9) },
      ...{ epsilon: number({ min: 0 }, 1e-3), center: boolean, scale: boolean, name, trainable: boolean },
      splits: number({ min: 1, integer: true }, 1, 2, 4),
    },
    call: (x, o) => {
      const layer = batchNormalization(o);
      return withModels([{ dispose: () => layer.built && layer.dispose() }], () =>
        layer.apply(x.x, { training: true }),
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
    options: {
      temperature: number({ above: 0 }, 0.2, 1e-6),
      alpha: number({}, 2, 0, -1),
      negatives: number({ min: 0, integer: true }, 1, 0),
    },
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
    options: {
      ...{ learningRate: notNegative, momentum: notNegative, weightDecay: notNegative },
      clipNorm: number({ above: 0 }, 1),
    },
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
    options: { by: choice('epoch', 'step') },
    call: (x, o) => void learningRateScheduler(x.schedule, o),
  },
  {
    name: 'metricHistory',
    inputs: {},
    options: { every: positive, onRecord: functions(() => {}) },
    call: (_, o) => void metricHistory(o),
  },
  {
    name: 'cosineDecay',
    inputs: {},
    options: {
      ...{ learningRate: number({ min: 0 }, 1, 2), duration: number({ above: 0 }, 10, 0.5) },
      ...{ warmUp: number({ min: 0, max: 10 }, 0, 10), minimum: number({ min: 0, max: 1 }, 0, 1) },
    },
    required: ['learningRate', 'duration'],
    call: (_, o) => cosineDecay(o)(3),
  },
  {
    name: 'stepDecay',
    inputs: {},
    options: {
      learningRate: notNegative,
      milestones: list(number({}), () => true, [1, 2]),
      factor: number({ min: 0 }, 0, 2),
    },
    required: ['learningRate', 'milestones'],
    call: (_, o) => stepDecay(o)(3),
  },
];
