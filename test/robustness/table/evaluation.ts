import * as tf from '@tensorflow/tfjs-core';
import { embeddingStd } from 'tfjs-nonsemantic-negatives';
import {
  alignment,
  backgroundMask,
  boxMask,
  corruptionReport,
  cueConflictClasses,
  cueConflicts,
  cueImages,
  edges,
  effectiveRank,
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
} from 'tfjs-nonsemantic-negatives/evaluation';
import { alignmentOptions } from '../../../src/diagnostics/alignment';
import { uniformityOptions } from '../../../src/diagnostics/uniformity';
import { extractFeaturesOptions } from '../../../src/evaluation/extractFeatures';
import { knnClassifierOptions, linearClassifierOptions } from '../../../src/evaluation/probes/classifiers';
import { knnOptions } from '../../../src/evaluation/probes/knn';
import { linearProbeOptions } from '../../../src/evaluation/probes/linearProbeArgs';
import { recallOptions } from '../../../src/evaluation/probes/recall';
import { cueImagesOptions } from '../../../src/evaluation/reliance/cueImagesArgs';
import { backgroundMaskOptions, boxMaskOptions } from '../../../src/evaluation/reliance/masks';
import { measureRelianceOptions } from '../../../src/evaluation/reliance/measureReliance';
import { relianceOptions } from '../../../src/evaluation/reliance/reliance';
import { shufflePatchesOptions } from '../../../src/evaluation/reliance/shufflePatches';
import { corruptionReportOptions } from '../../../src/evaluation/robustness/corruptionReport';
import { textureRelianceOptions } from '../../../src/evaluation/robustness/textureReliance';
import { standardizeOptions } from '../../../src/evaluation/standardize';
import { drawnBatch } from '../../evaluation/reliance/pictures';
import type { Input, Subject } from '../subject';
import { fromSpecs, list, number, ofLength, only } from '../values';
import { batch, denseModel, features, model, plain, tensor, withInputs } from './inputs';

const chunkSize = [1, 2];
const neighbors = { k: [1, 300], temperature: [0.1], chunkSize };
const embeddings = tensor([5, 4]);
const preprocess = [(images: tf.Tensor) => images];

/** Names the classes 0, 1, 0 … in turn. */
const classify = async (images: tf.Tensor) => Array.from({ length: images.shape[0] }, (_, i) => i % 2);
const badFunctions = [null, undefined, 3, 'knn', {}];

const cues = [['edges']];
const relianceValues = {
  ...{ mask: ['background', 'box', 'alpha'], cues, conflicts: [2], downscale: [1, 2], exemplarSize: [8], grid: [2] },
  ...{ quality: ['fast', 'high'], seed: [1] },
};
const measureValues = {
  ...{ k: [[1, 2]], preprocess, batchSize: [2], samples: [3], confidence: [0.5], bootstrapSeed: [1] },
  classNames: [['cat', 'dog']],
};
/** What fits depends on the inputs. */
const dependent = {
  mask: only('background', 'box', 'alpha'),
  conflicts: number({ min: 1, integer: true }),
  exemplarSize: number({ min: 8, integer: true }, 8),
  downscale: number({ min: 1, integer: true }, 1, 2),
};
const pictures: Input = {
  shape: [3, 24, 24, 4],
  make: () => drawnBatch(3),
};
const shuffling = fromSpecs(shufflePatchesOptions, { grid: [2], seed: [1], keys: [[4, 5]] });
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
    options: fromSpecs(backgroundMaskOptions, { tolerance: [0.2] }),
    call: (x, o) => backgroundMask(x.images, o),
  },
  {
    name: 'boxMask',
    inputs: { images: tensor([2, 5, 6, 3]) },
    options: fromSpecs(boxMaskOptions, { box: [[0, 0, 1, 0.5]] }),
    call: (x, o) => boxMask(x.images, o),
  },
  { name: 'edges', inputs: { images: tensor([2, 5, 6, 3]) }, options: {}, call: (x) => edges(x.images) },
  {
    name: 'shufflePatches',
    inputs: { images: tensor([2, 5, 6, 3]) },
    options: {
      ...shuffling,
      // What fits depends on the inputs.
      grid: number({ min: 1, max: 5, integer: true }, 2),
      keys: ofLength(2, shuffling.keys),
    },
    call: (x, o) => shufflePatches(x.images, o),
  },
  {
    name: 'cueImages',
    inputs: { pictures },
    options: { ...fromSpecs(cueImagesOptions, relianceValues), ...dependent },
    required: ['cues'],
    call: (x, o) => cueImages(x.pictures, o),
  },
  { name: 'cueConflicts', inputs: { cues: cueInput }, options: {}, call: (x) => cueConflicts(x.cues) },
  {
    name: 'measureReliance',
    inputs: { cues: cueInput, encoders },
    options: fromSpecs(measureRelianceOptions, measureValues),
    required: ['samples'],
    call: (x, o) => measureReliance(x.cues, x.encoders, o),
  },
  {
    name: 'reliance',
    inputs: { pictures, encoders },
    options: { ...fromSpecs(relianceOptions, { ...relianceValues, ...measureValues }), ...dependent },
    required: ['cues', 'samples'],
    call: (x, o) => reliance(x.pictures, x.encoders, o),
  },
  {
    name: 'standardize',
    inputs: { features: embeddings },
    options: { domains: ofLength(5, fromSpecs(standardizeOptions, { domains: [[1, 1, 2, 2, 2]] }).domains) },
    call: (x, o) => standardize(x.features, o),
  },
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
    options: fromSpecs(textureRelianceOptions, {
      versions: [{ images: 'image', textures: 'negative_0' }],
      classNames: [['cat', 'dog']],
    }),
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
