import * as tf from '@tensorflow/tfjs-core';
import {
  alignment,
  backgroundMask,
  boxMask,
  corruptionKinds,
  corruptionReport,
  cueConflictClasses,
  cueConflicts,
  cueImages,
  edges,
  effectiveRank,
  embeddingStd,
  extractFeatures,
  knn,
  knnClassifier,
  linearClassifier,
  linearProbe,
  measureReliance,
  recall,
  reliance,
  shapeBias,
  shufflePatches,
  standardize,
  textureReliance,
  uniformity,
} from 'tfjs-nonsemantic-negatives';
import { drawnBatch } from '../../evaluation/reliance/pictures';
import type { Input, Subject } from '../subject';
import { choice, functions, list, number, only } from '../values';
import { batch, denseModel, features, model, plain, tensor, withInputs } from './inputs';

const chunkSize = number({ min: 1, integer: true }, 1, 2);
const k = number({ min: 1, integer: true }, 1, 300);
const temperature = number({ above: 0 }, 0.1);
const embeddings = tensor([5, 4]);
const preprocess = functions((images: tf.Tensor) => images);

/** Names the classes 0, 1, 0 … in turn. */
const classify = async (images: tf.Tensor) => Array.from({ length: images.shape[0] }, (_, i) => i % 2);
const badFunctions = [null, undefined, 3, 'knn', {}];

const cues = list(choice('silhouettes', 'edges', 'textures', 'patches', 'conflicts'), (n) => n > 0, ['edges']);
const cueOptions = {
  mask: only('background', 'box', 'alpha'),
  cues,
  conflicts: number({ min: 1, integer: true }),
  downscale: number({ min: 1, integer: true }, 1, 2),
  exemplarSize: number({ min: 8, integer: true }, 8),
  grid: number({ min: 1, max: 24, integer: true }, 2),
  quality: choice('fast', 'high'),
  seed: number({}, 1),
};
const measureOptions = {
  k: list(number({ min: 1, integer: true }), (n) => n > 0, [1, 2]),
  preprocess,
  batchSize: number({ min: 1, integer: true }, 2),
  samples: number({ min: 1, integer: true }, 3),
  confidence: { ...number({ above: 0, max: 1 }, 0.5) },
  bootstrapSeed: number({}, 1),
  classNames: list(only('cat', 'dog'), () => true, ['cat', 'dog']),
};
const pictures: Input = {
  shape: [3, 24, 24, 4],
  make: () => drawnBatch(3),
};
const seeMeans = (images: tf.Tensor4D) => tf.reshape(tf.mean(images, [1, 2]), [images.shape[0], -1]) as tf.Tensor2D;
const encoders = plain({ a: seeMeans }, ...[null, undefined, 3, 'model', {}, [], { a: 3 }, { a: null }, seeMeans]);
const cueInput: Input = {
  make: () => {
    const images = drawnBatch(3, { alpha: false });
    const masks = tf.ones([3, 24, 24, 1]);
    const backgrounds = tf.ones([3, 1, 1, 3]);
    const pairs = [[0, 1]];
    return { images, masks, backgrounds, textures: tf.clone(images), pairs, indices: [0, 1, 2], skipped: [] };
  },
  bad: [null, undefined, 3, 'cues', {}, [], { images: 3, pairs: [] }].map((value) => () => value),
};

export const evaluation: Subject[] = [
  {
    name: 'backgroundMask',
    inputs: { images: tensor([2, 5, 6, 3]) },
    options: { tolerance: number({ min: 0, max: 1 }, 0.2) },
    call: (x, o) => backgroundMask(x.images, o),
  },
  {
    name: 'boxMask',
    inputs: { images: tensor([2, 5, 6, 3]) },
    options: {
      box: only([0, 0, 1, 0.5]),
    },
    call: (x, o) => boxMask(x.images, o),
  },
  { name: 'edges', inputs: { images: tensor([2, 5, 6, 3]) }, options: {}, call: (x) => edges(x.images) },
  {
    name: 'shufflePatches',
    inputs: { images: tensor([2, 5, 6, 3]) },
    options: {
      grid: number({ min: 1, max: 5, integer: true }, 2),
      seed: number({}, 1),
      keys: list(number({ integer: true }), (n) => n === 2, [4, 5]),
    },
    call: (x, o) => shufflePatches(x.images, o),
  },
  {
    name: 'cueImages',
    inputs: { pictures },
    options: cueOptions,
    required: ['cues'],
    call: (x, o) => cueImages(x.pictures, o),
  },
  { name: 'cueConflicts', inputs: { cues: cueInput }, options: {}, call: (x) => cueConflicts(x.cues) },
  {
    name: 'measureReliance',
    inputs: { cues: cueInput, encoders },
    options: measureOptions,
    required: ['samples'],
    call: (x, o) => measureReliance(x.cues, x.encoders, o),
  },
  {
    name: 'reliance',
    inputs: { pictures, encoders },
    options: { ...cueOptions, ...measureOptions },
    required: ['cues', 'samples'],
    call: (x, o) => reliance(x.pictures, x.encoders, o),
  },
  {
    name: 'standardize',
    inputs: { features: embeddings },
    options: { domains: list(number({ integer: true }), (n) => n === 5, [1, 1, 2, 2, 2]) },
    call: (x, o) => standardize(x.features, o),
  },
  {
    name: 'alignment',
    inputs: { x: embeddings, y: embeddings },
    options: { alpha: number({ above: 0 }, 1) },
    call: (x, o) => alignment(x.x, x.y, o),
  },
  {
    name: 'uniformity',
    inputs: { embeddings },
    options: { t: number({ above: 0 }, 1), chunkSize },
    call: (x, o) => uniformity(x.embeddings, o),
  },
  { name: 'effectiveRank', inputs: { embeddings }, options: {}, call: (x) => effectiveRank(x.embeddings) },
  { name: 'embeddingStd', inputs: { embeddings }, options: {}, call: (x) => embeddingStd(x.embeddings) },
  {
    name: 'recall',
    inputs: { queries: embeddings, gallery: tensor([6, 4]) },
    options: {
      k: list(number({ min: 1, integer: true }), () => true, [1, 2]),
      matches: list(number({ min: 0, max: 5, integer: true }), (n) => n === 5, [5, 4, 3, 2, 0]),
      chunkSize,
    },
    call: (x, o) => recall(x.queries, x.gallery, o),
  },
  {
    name: 'knn',
    inputs: { queries: features(3), bank: features(4) },
    options: { k, temperature, chunkSize },
    call: (x, o) => knn(x.queries, x.bank, o),
    check: ({ predictions }: { predictions: number[] }) => expect(predictions).toHaveLength(3),
  },
  {
    name: 'extractFeatures',
    inputs: { encoder: model(), source: batch(4, 'image', 'other') },
    options: { batchSize: chunkSize, input: only('image') },
    call: (x, o) => extractFeatures(x.encoder, x.source, o),
  },
  {
    name: 'knnClassifier',
    inputs: { encoder: model(), bank: features(4, 3), images: tensor([2, 4, 4, 3]) },
    options: { k, temperature, chunkSize, preprocess },
    call: (x, o) => knnClassifier(x.encoder, x.bank, o)(x.images),
  },
  {
    name: 'linearClassifier',
    inputs: { encoder: model(), classifier: model(() => denseModel([3], 2)), images: tensor([2, 4, 4, 3]) },
    options: { preprocess },
    call: (x, o) => linearClassifier(x.encoder, x.classifier, o)(x.images),
  },
  {
    name: 'linearProbe',
    inputs: {
      train: features(4),
      test: features(3),
      encoder: { ...model(), bad: model().bad?.slice(2), optional: true },
    },
    options: {
      ...{
        learningRates: list(number({ above: 0 }), (n) => n > 0, [1, 2]),
        epochs: number({ min: 1, integer: true }, 1),
      },
      ...{ batchSize: number({ min: 1, integer: true }, 2), momentum: number({ min: 0, max: 1 }, 0) },
      ...{ weightDecay: number({ min: 0 }, 0.1), seed: number({ integer: true }, 1) },
      schedule: { ...list(number({}), () => true, [1, 2]), good: [[1, 2], 'cosine'] },
    },
    required: ['epochs'],
    call: async (x, o) => {
      const { classifier, ...scores } = await linearProbe(withInputs(o, x));
      classifier.dispose();
      return scores;
    },
  },
  {
    name: 'corruptionReport',
    inputs: { source: batch(16), classify: plain(classify, ...badFunctions) },
    options: {
      kinds: list(choice(...corruptionKinds), (n) => n > 0, ['contrast']),
      severities: list(choice(1, 2, 3, 4, 5), (n) => n > 0, [1], [2, 5]),
      seed: number({ integer: true }, 1),
      scale: choice(32, 64, 224),
      baseline: only(undefined),
      onProgress: functions(() => {}),
    },
    required: ['kinds', 'severities'],
    call: (x, o) => corruptionReport(x.source, x.classify, o),
  },
  {
    name: 'textureReliance',
    inputs: {
      source: batch(4, 'image', 'negative_0', 'negative_1'),
      classifiers: plain({ a: classify }, ...[null, undefined, 3, {}, { a: 3 }, { a: null }]),
    },
    options: {
      versions: only({ images: 'image', textures: 'negative_0' }),
      classNames: list(only('cat', 'dog'), () => true, ['cat', 'dog']),
    },
    call: (x, o) => textureReliance(x.source, x.classifiers, o),
  },
  {
    name: 'shapeBias',
    inputs: {
      decisions: plain(
        [{ shape: 'cat', texture: 'dog', predicted: 'cat' }],
        ...[null, undefined, 3, 'x', {}, [null], [3], [{}], [{ shape: 'cat', texture: 'dog' }]],
        [{ shape: 'cat', texture: 'dog', predicted: Symbol('cat') }],
      ),
    },
    options: {},
    call: (x) => shapeBias(x.decisions),
  },
  {
    name: 'cueConflictClasses',
    inputs: { path: plain('cat7-bottle3.png', null, undefined, 3, '', 'cat.png', {}, 'cat7-bottle3', Symbol('s')) },
    options: {},
    call: (x) => cueConflictClasses(x.path),
  },
];
