import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import {
  batchNormalization,
  byol,
  contrastiveModel,
  momentumEncoder,
  predictionHead,
} from 'tfjs-nonsemantic-negatives';
import { convolutional, mlp } from './support';

let warn: jest.SpyInstance;
beforeEach(() => {
  warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
});
afterEach(() => warn.mockRestore());

const hint = 'Make larger batches, and leave out a small last one by batch(size, false).';
const said = () => warn.mock.calls.flat().filter((message) => message.includes(hint));

/** Steps with a batch of two, with a batch of one out of training, then twice with a batch of one. */
function stepsOf(layer: tfl.layers.Layer | tfl.LayersModel, shape: number[]): unknown[][] {
  const step = (batch: number, training: boolean) => {
    const views = [1, 2].map((value) => tf.fill([batch, ...shape], value));
    layer.apply(views, { training });
    return said();
  };
  return [step(2, true), step(1, false), step(1, true), step(1, true)];
}

test('a batch of one image before batch normalization is warned of once, by name', () => {
  const byName = (owner: string) =>
    `${owner} trains on a batch of one image, over which alone batch normalization takes mean and variance. ${hint}`;
  const ofQueue = byName('momentumEncoder()');
  expect(stepsOf(momentumEncoder({ encoder: convolutional() }), [4, 4, 3])).toEqual([[], [], [ofQueue], [ofQueue]]);
  warn.mockClear();
  // The predictor alone holds it.
  const predictor = predictionHead(4, { hiddenUnits: [5], units: 4, batchNormalization });
  const ofByol = byName('byol()');
  expect(stepsOf(byol({ encoder: mlp(), predictor }), [5])).toEqual([[], [], [ofByol], [ofByol]]);
});

test('a batch of one image in an encoder without batch normalization is not', () => {
  expect(stepsOf(momentumEncoder({ encoder: mlp() }), [5])).toEqual([[], [], [], []]);
});

test('a batch of one image has no negatives in its batch: warned of once', () => {
  const message = `batchSimilarities() trains on a batch of one image, which has no other as a negative. ${hint}`;
  const model = contrastiveModel({ encoder: mlp(), queueSize: 0 });
  expect(stepsOf(model, [5])).toEqual([[], [], [message], [message]]);
});
