import * as tf from '@tensorflow/tfjs-core';
import * as tfd from '@tensorflow/tfjs-data';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  batchNormalization,
  byol,
  measureSimilarities,
  memoryQueue,
  momentumEncoder,
  momentumScheduler,
  nonSemanticByol,
  predictionHead,
  similarityStatistics,
  summarizeSimilarities,
} from 'tfjs-nonsemantic-negatives';
import { measureSimilaritiesOptions, summarizeSimilaritiesOptions } from '../../../src/diagnostics/measureSimilarities';
import { projectionHeadOptions } from '../../../src/encoders/heads/projectionHead';
import { byolOptions } from '../../../src/layers/byolArgs';
import { nonSemanticByolOptions } from '../../../src/losses/nonSemanticByol';
import { schedulerOptions } from '../../../src/training/scheduler';
import { similarityStatisticsOptions } from '../../../src/training/similarityStatistics';
import type { Subject } from '../subject';
import { fromSpecs, list, number, type Option } from '../values';
import { denseModel, layerInput, model, plain, symbolic, tensor, withInputs, withModels } from './inputs';

const count = number({ min: 0, integer: true }, 1);
const pair = list(count, (n) => n === 2, [0, 0]);
const counts: Option = { ...count, fits: (value) => count.fits(value) || pair.fits(value), near: [[1], [1, 1, 1], -1] };

/** Good values of a head's options. */
export const headValues = {
  units: [1, 2],
  hiddenUnits: [[4], []],
  batchNormalization: [batchNormalization],
  seed: [0, 3],
  name: ['chosen'],
};

const views = () => ['query', 'key'].map((name) => tfl.input({ name, shape: [4, 4, 3] }));

/** Takes views, and makes no similarities of them. */
function sumOfViews(): tfl.LayersModel {
  const inputs = views();
  return tfl.model({ inputs, outputs: symbolic(tfl.layers.add().apply(inputs)) });
}

function contrastive(): tfl.LayersModel {
  const inputs = views();
  const embeddings = symbolic(momentumEncoder({ encoder: denseModel() }).apply(inputs));
  return tfl.model({ inputs, outputs: symbolic(memoryQueue({ size: 3 }).apply(embeddings)) });
}

const batches = () =>
  tfd.array([0]).map(() => ({ xs: { query: tf.ones([2, 4, 4, 3]), key: tf.ones([2, 4, 4, 3]) }, ys: tf.zeros([2]) }));

/** BYOL, its schedule, and the statistics of similarities. */
export const selfPrediction: Subject[] = [
  {
    name: 'predictionHead',
    inputs: { inputUnits: plain(3, null, undefined, 0, -1, 0.5, Number.NaN, '3', {}, []) },
    options: fromSpecs(projectionHeadOptions, headValues),
    call: (x, o) => predictionHead(x.inputUnits, o),
  },
  {
    name: 'byol',
    inputs: {
      ...{ encoder: model(), predictor: model(() => denseModel([3])) },
      ...{ query: layerInput([2, 4, 4, 3]), key: layerInput([2, 4, 4, 3]), negative: layerInput([2, 4, 4, 3]) },
    },
    options: {
      ...fromSpecs(
        { momentum: byolOptions.momentum, name: byolOptions.name, trainable: byolOptions.trainable },
        { momentum: [0, 0.9, 1], name: ['chosen'], trainable: [true, false] },
      ),
      // No more than there are.
      keyNegatives: number({ min: 0, max: 1, integer: true }, 0, 1),
    },
    call: (x, o) => {
      const layer = byol(withInputs(o, { encoder: x.encoder, predictor: x.predictor }));
      return withModels([layer.target], () => layer.apply([x.query, x.key, x.negative], { training: true }));
    },
    check: (result: tf.Tensor) => expect(result.shape).toEqual([2, 5, 3]),
  },
  {
    name: 'nonSemanticByol',
    inputs: { yPred: tensor([3, 3, 4]) },
    options: { ...fromSpecs({ alpha: nonSemanticByolOptions.alpha }, { alpha: [1, 0] }), negatives: counts },
    required: ['negatives'],
    call: (x, o) => nonSemanticByol(o)(null, x.yPred),
    check: (result: tf.Tensor) => expect(result.shape).toEqual([]),
  },
  {
    name: 'momentumScheduler',
    inputs: { schedule: plain(() => 0.5, null, undefined, 3, 'cosine', {}) },
    options: fromSpecs(schedulerOptions, { by: ['step', 'epoch'] }),
    call: (x, o) => void momentumScheduler(x.schedule, o),
  },
  {
    name: 'similarityStatistics',
    inputs: {},
    options: fromSpecs(similarityStatisticsOptions, { every: [1, 2], bins: [1, 2], onRecord: [() => {}] }),
    call: (_, o) => void similarityStatistics(o),
  },
  {
    name: 'summarizeSimilarities',
    inputs: { yPred: tensor([3, 6]) },
    options: fromSpecs(summarizeSimilaritiesOptions, { negatives: [1, 0], bins: [1, 2] }),
    required: ['negatives'],
    call: (x, o) => summarizeSimilarities(x.yPred, o),
  },
  {
    name: 'measureSimilarities',
    inputs: {
      model: { make: contrastive, bad: [...(model().bad?.slice(0, 7) ?? []), sumOfViews] },
      dataset: {
        make: batches,
        bad: [null, undefined, 3, {}, [], tfd.array([1, 2])].map((value) => () => value),
      },
    },
    options: fromSpecs(measureSimilaritiesOptions, { batches: [1, 2], bins: [1, 2] }),
    call: (x, o) => measureSimilarities(x.model, x.dataset, o),
  },
];
