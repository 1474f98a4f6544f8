import type * as tf from '@tensorflow/tfjs-core';
import { embeddingStd } from 'tfjs-nonsemantic-negatives';
import {
  alignment,
  corruptionReport,
  cueConflictClasses,
  effectiveRank,
  extractFeatures,
  knn,
  knnClassifier,
  linearClassifier,
  linearProbe,
  recall,
  shapeBias,
  textureReliance,
  uniformity,
} from 'tfjs-nonsemantic-negatives/evaluation';
import { alignmentOptions } from '../../../src/diagnostics/alignment';
import { uniformityOptions } from '../../../src/diagnostics/uniformity';
import { extractFeaturesOptions } from '../../../src/evaluation/extractFeatures';
import { knnClassifierOptions, linearClassifierOptions } from '../../../src/evaluation/probes/classifiers';
import { knnOptions } from '../../../src/evaluation/probes/knn';
import { linearProbeOptions } from '../../../src/evaluation/probes/linearProbeArgs';
import { recallOptions } from '../../../src/evaluation/probes/recall';
import { corruptionReportOptions } from '../../../src/evaluation/robustness/corruptionReport';
import type { Subject } from '../subject';
import { fromSpecs, list, number, only } from '../values';
import { batch, denseModel, features, model, plain, tensor, withInputs } from './inputs';

const chunkSize = [1, 2];
const neighbors = { k: [1, 300], temperature: [0.1], chunkSize };
const embeddings = tensor([5, 4]);
const preprocess = [(images: tf.Tensor) => images];

/** Names the classes 0, 1, 0 … in turn. */
const classify = async (images: tf.Tensor) => Array.from({ length: images.shape[0] }, (_, i) => i % 2);
const badFunctions = [null, undefined, 3, 'knn', {}];

export const evaluation: Subject[] = [
  {
    name: 'alignment',
    inputs: { x: embeddings, y: embeddings },
    options: fromSpecs(alignmentOptions, { alpha: [1] }),
    call: (x, o) => alignment(x.x, x.y, o),
  },
  {
    name: 'uniformity',
    inputs: { embeddings },
    options: fromSpecs(uniformityOptions, { t: [1], chunkSize }),
    call: (x, o) => uniformity(x.embeddings, o),
  },
  { name: 'effectiveRank', inputs: { embeddings }, options: {}, call: (x) => effectiveRank(x.embeddings) },
  { name: 'embeddingStd', inputs: { embeddings }, options: {}, call: (x) => embeddingStd(x.embeddings) },
  {
    name: 'recall',
    inputs: { queries: embeddings, gallery: tensor([6, 4]) },
    options: {
      ...fromSpecs(recallOptions, { k: [[1, 2]], matches: [], chunkSize }),
      // What fits depends on the inputs.
      matches: list(number({ min: 0, max: 5, integer: true }), (n) => n === 5, [5, 4, 3, 2, 0]),
    },
    call: (x, o) => recall(x.queries, x.gallery, o),
  },
  {
    name: 'knn',
    inputs: { queries: features(3), bank: features(4) },
    options: fromSpecs(knnOptions, neighbors),
    call: (x, o) => knn(x.queries, x.bank, o),
    check: ({ predictions }: { predictions: number[] }) => expect(predictions).toHaveLength(3),
  },
  {
    name: 'extractFeatures',
    inputs: { encoder: model(), source: batch(4, 'image', 'other') },
    options: { ...fromSpecs(extractFeaturesOptions, { batchSize: [1, 2], input: [] }), input: only('image') },
    call: (x, o) => extractFeatures(x.encoder, x.source, o),
  },
  {
    name: 'knnClassifier',
    inputs: { encoder: model(), bank: features(4, 3), images: tensor([2, 4, 4, 3]) },
    options: fromSpecs(knnClassifierOptions, { ...neighbors, preprocess }),
    call: (x, o) => knnClassifier(x.encoder, x.bank, o)(x.images),
  },
  {
    name: 'linearClassifier',
    inputs: { encoder: model(), classifier: model(() => denseModel([3], 2)), images: tensor([2, 4, 4, 3]) },
    options: fromSpecs(linearClassifierOptions, { preprocess }),
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
      ...fromSpecs(linearProbeOptions, {
        ...{ learningRates: [[1, 2]], epochs: [1], batchSize: [2], schedule: [] },
        ...{ momentum: [0], weightDecay: [0.1], seed: [1] },
      }),
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
      ...fromSpecs(corruptionReportOptions, {
        ...{ kinds: [['contrast']], severities: [[1], [2, 5]], seed: [1], scale: [], onProgress: [() => {}] },
        baseline: [],
      }),
      baseline: only(undefined),
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
