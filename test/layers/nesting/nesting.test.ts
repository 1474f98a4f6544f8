import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  byol,
  contrastiveModel,
  exportEncoder,
  type MomentumEncoder,
  nonSemanticByol,
  nonSemanticInfoNCE,
  predictionHead,
  sgd,
} from 'tfjs-nonsemantic-negatives';
import { roundTrip } from '../../support/roundTrip';
import { bytesOf, maxDifference } from '../../support/tensors';
import { batchesFor, type EncoderCase, encoders, freezings } from './encoders';

declare const BACKEND: string;

const infoNCE = nonSemanticInfoNCE({ temperature: 0.2, alpha: 2 });
const byolLoss = nonSemanticByol();
type Loss = (yTrue: null, yPred: tf.Tensor) => tf.Scalar;

/** The three models that can be made of an encoder, each with one negative. */
const kinds: { [name: string]: { make(encoder: tfl.LayersModel): tfl.LayersModel; loss: Loss } } = {
  queue: {
    make: (encoder) => contrastiveModel({ encoder, negatives: 1, queueSize: 8, momentum: 0.5 }),
    loss: infoNCE,
  },
  'in batch': { make: (encoder) => contrastiveModel({ encoder, negatives: 1, queueSize: 0 }), loss: infoNCE },
  byol: {
    make: (encoder) => {
      const predictor = predictionHead(4, { hiddenUnits: [5], units: 4 });
      const [{ shape, dtype }] = encoder.inputs;
      const inputs = ['query', 'key', 'negative_0'].map((name) =>
        tfl.input({ name, shape: shape.slice(1), dtype: dtype as 'float32' }),
      );
      return tfl.model({ inputs, outputs: byol({ encoder, predictor, momentum: 0.5 }).apply(inputs) });
    },
    loss: byolLoss,
  },
};

const layerOf = (model: tfl.LayersModel) =>
  model.layers.find(({ name }) => /momentum_encoder|byol/.test(name)) as
    | Pick<MomentumEncoder & { target?: tfl.LayersModel }, 'encoder' | 'keyEncoder' | 'target' | 'momentum' | 'apply'>
    | undefined;
const encoderOf = (model: tfl.LayersModel) =>
  layerOf(model)?.encoder ?? (model.layers.find((layer) => layer instanceof tfl.LayersModel) as tfl.LayersModel);
const targetOf = (model: tfl.LayersModel) => layerOf(model)?.keyEncoder ?? layerOf(model)?.target;

const bytes = (model: tfl.LayersModel) => [...model.weights].sort((a, b) => (a.name < b.name ? -1 : 1)).map(read);
const read = (weight: tfl.LayerVariable) => bytesOf(weight.read());

function trainStep(model: tfl.LayersModel, kind: EncoderCase, loss: Loss, optimizer: tf.Optimizer, step: number) {
  return tf.tidy(() => {
    const xs = batchesFor(encoderOf(model), kind, 3, step);
    const value = () => loss(null, model.apply(xs, { training: true }) as tf.Tensor);
    const trained = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    if (trained.length === 0) return value().dataSync()[0];
    return (optimizer.minimize(value, true, trained) as tf.Scalar).dataSync()[0];
  });
}

/** With the same input and the same weights, query and key must give the same embedding. */
function expectOneFunction(model: tfl.LayersModel, kind: EncoderCase, training: boolean) {
  const layer = layerOf(model);
  if (!layer?.keyEncoder) return;
  const [x] = batchesFor(layer.encoder, kind, 1);
  layer.momentum = 0;
  const rows = layer.apply([x, x, x], { training });
  const [query, key] = tf.split(rows, 3, 1);
  expect(maxDifference(query, key)).toBeLessThan(2e-5);
  layer.momentum = 0.5;
}

const { LONG, SEED = '0' } = process.env;
const offset = Number(SEED) + Math.max(0, ['cpu', 'wasm', 'tensorflow'].indexOf(BACKEND));

/**
 * One of each three cases that follow each other: any two of an encoder, a model and a freezing meet in one. Each backend
 * takes other cases, so that the three take all; `SEED` rotates them, and with `LONG=1` a backend takes all by itself.
 */
const sampled = (...indices: number[]) => indices.reduce((sum, index) => sum + index, offset) % 3 === 0;
const sample = <T>(cases: T[], ...indices: number[]) => cases.filter((_, i) => LONG || sampled(i, ...indices));

describe.each(Object.entries(encoders).map(([name, kind], i) => ({ name, kind, i })))('$name', ({ kind, i }) => {
  describe.each(Object.entries(kinds).map(([name, of], j) => ({ name, ...of, j })))('$name', ({ make, loss, j }) => {
    test.each(sample(Object.entries(freezings), i, j))('follows with %s frozen before and after', (_, freeze) => {
      for (const late of [false, true]) {
        const encoder = kind.make();
        if (!late) freeze(encoder);
        const model = make(encoder);
        const optimizer = sgd({ learningRate: 0.2 });
        expectOneFunction(model, kind, false);
        if (late) {
          trainStep(model, kind, loss, optimizer, 0);
          freeze(encoder);
        }
        const still = encoder.weights.filter((weight) => !encoder.trainableWeights.includes(weight));
        const parameters = still.filter(({ name }) => !name.includes('moving'));
        const before = parameters.map(read);
        for (let step = 1; step < 4; step++)
          expect(Number.isFinite(trainStep(model, kind, loss, optimizer, step))).toBe(true);
        expect(parameters.map(read)).toEqual(before);
        const target = targetOf(model);
        for (const { name, trainable } of target?.layers ?? []) {
          const source = encoder.layers.find((layer) => name.endsWith(layer.name));
          if (source) expect([name, trainable]).toEqual([name, source.trainable]);
        }
        for (const weight of target?.weights ?? []) expect((weight.read() as tf.Variable).trainable).toBe(false);
        if (!kind.random) expectOneFunction(model, kind, true);
        model.dispose();
        optimizer.dispose();
      }
    });

    test('trains on after saving and loading as if uninterrupted', async () => {
      for (const freeze of sample([freezings.nothing, freezings['a layer'], freezings['a weight']], i, j)) {
        const encoder = kind.make();
        const model = make(encoder);
        freeze(encoder);
        trainStep(model, kind, loss, sgd({ learningRate: 0.2 }), 0);
        const loaded = await roundTrip(model);
        if (kind.constrained) continue;
        expect(bytes(loaded)).toEqual(bytes(model));
        // tfjs saves nothing of a model within a model that is frozen, or of a single weight.
        const keepsFlags = layerOf(model) !== undefined;
        if (keepsFlags) expect(loaded.trainableWeights).toHaveLength(model.trainableWeights.length);
        if (kind.random || !keepsFlags) continue;
        const losses = [model, loaded].map((one) => {
          const optimizer = sgd({ learningRate: 0.2 });
          return [1, 2].map((step) => trainStep(one, kind, loss, optimizer, step));
        });
        expect(losses[1]).toEqual(losses[0]);
        expect(bytes(loaded)).toEqual(bytes(model));
      }
    });
  });

  test('supports two models on one encoder, one after the other', () => {
    const encoder = kind.make();
    const [first, second] = [kinds.queue.make(encoder), kinds.byol.make(encoder)];
    const optimizer = sgd({ learningRate: 0.2 });
    for (const [model, { loss }] of [
      [first, kinds.queue],
      [second, kinds.byol],
    ] as const)
      expect(Number.isFinite(trainStep(model, kind, loss, optimizer, 0))).toBe(true);
    first.dispose();
    expect(Number.isFinite(trainStep(second, kind, byolLoss, optimizer, 1))).toBe(true);
    second.dispose();
    expect(() => encoder.predict(batchesFor(encoder, kind, 1)[0])).toThrow('disposed');
  });

  test('can be used alone after training, and exported', () => {
    const encoder = kind.make();
    const model = kinds.queue.make(encoder);
    trainStep(model, kind, infoNCE, sgd({ learningRate: 0.2 }), 0);
    const [x] = batchesFor(encoder, kind, 1);
    const features = encoder.predict(x) as tf.Tensor;
    expect(features.shape).toEqual([4, 4]);
    for (const freeze of [freezings.nothing, freezings['a layer'], freezings['a weight']]) {
      freeze(encoder);
      expect(maxDifference(exportEncoder(encoder).predict(x) as tf.Tensor, features)).toBeLessThan(2e-5);
    }
  });

  test('leaks nothing, in a step or after disposal', () => {
    const encoder = kind.make();
    const before = tf.memory().numTensors - new Set(encoder.weights).size;
    const model = kinds.queue.make(encoder);
    const optimizer = tf.train.sgd(0.1);
    for (let step = 0; step < 2; step++) trainStep(model, kind, infoNCE, optimizer, step);
    const between = tf.memory().numTensors;
    trainStep(model, kind, infoNCE, optimizer, 2);
    expect(tf.memory().numTensors).toBe(between);
    model.dispose();
    optimizer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
