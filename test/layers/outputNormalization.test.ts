import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  batchNormalization,
  contrastiveModel,
  exportEncoder,
  MomentumEncoder,
  nonSemanticInfoNCE,
  sgd,
} from 'tfjs-nonsemantic-negatives';
import { compileModel } from 'tfjs-nonsemantic-negatives/accelerate';
import { roundTrip } from '../support/roundTrip';
import { bytesOf, maxDifference, waves } from '../support/tensors';
import { convolutional, mlp, symbolic } from './support';

const views = (count: number, batch = 6, phase = 0) =>
  Array.from({ length: count }, (_, i) => tf.tensor2d(waves(batch * 5, 1, phase + i), [batch, 5]));
const rows = (x: tf.Tensor) => x.arraySync() as number[][];

/** The momentum encoder's own model, or nothing where there is no queue. */
const innerEncoder = (model: tfl.LayersModel) =>
  model.layers.flatMap((layer) => (layer instanceof MomentumEncoder ? [layer.encoder] : []))[0];
const isNormalized = (encoder: tfl.LayersModel, args = {}) =>
  innerEncoder(contrastiveModel({ encoder, queueSize: 8, ...args })) !== encoder;

/** A dense encoder that holds a layer. */
function holding(layer: tfl.layers.Layer): tfl.LayersModel {
  const input = tfl.input({ shape: [5] });
  const x = symbolic(layer.apply(symbolic(tfl.layers.dense({ units: 6 }).apply(input))));
  return tfl.model({ inputs: input, outputs: symbolic(tfl.layers.dense({ units: 4 }).apply(x)) });
}

describe('is on', () => {
  const nested = () =>
    tfl.sequential({ layers: [tfl.layers.dense({ units: 6, inputShape: [6] }), batchNormalization()] });

  test.each<[string, () => tfl.LayersModel, boolean]>([
    ['dense layers', () => mlp(), true],
    ['dropout', () => holding(tfl.layers.dropout({ rate: 0.1 })), true],
    // Each row by itself: nothing keeps the rows apart.
    ['layer normalization', () => holding(tfl.layers.layerNormalization({})), true],
    ['batch normalization', () => convolutional(), false],
    ['batchNormalization()', () => holding(batchNormalization()), false],
    ['batch normalization in a nested model', () => holding(nested()), false],
  ])('for an encoder of %s', (_, make, expected) => {
    expect(isNormalized(make())).toBe(expected);
    expect(isNormalized(make(), { normalizeOutput: !expected })).toBe(!expected);
  });
});

/** Unit rows of the columns with mean 0 and variance 1, in plain loops. */
function normalizedRows(values: number[][]): number[][] {
  const columns = values[0].map((_, j) => {
    const column = values.map((row) => row[j]);
    const mean = column.reduce((sum, v) => sum + v, 0) / column.length;
    const variance = column.reduce((sum, v) => sum + (v - mean) ** 2, 0) / column.length;
    return column.map((v) => (v - mean) / Math.sqrt(variance + 1e-3));
  });
  return values.map((_, i) => {
    const row = columns.map((column) => column[i]);
    const length = Math.hypot(...row);
    return row.map((v) => v / length);
  });
}

test.each([0, 8])('compares columns of mean 0 and variance 1 with a queue of %p', (queueSize) => {
  const encoder = mlp();
  const [query, key] = views(2);
  const similarities = contrastiveModel({ encoder, queueSize }).apply([query, key], { training: true }) as tf.Tensor;
  const [q, k] = [query, key].map((x) => normalizedRows(rows(encoder.predict(x) as tf.Tensor)));
  const positives = q.map((row, i) => row.reduce((sum, v, j) => sum + v * k[i][j], 0));
  expect(
    maxDifference(
      rows(similarities).map(([first]) => first),
      positives,
    ),
  ).toBeLessThan(1e-4);
});

test('leaves the encoder as it is, but trains it', async () => {
  const encoder = mlp();
  const [x] = views(1);
  const before = encoder.predict(x) as tf.Tensor;
  const names = encoder.weights.map(({ name }) => name);
  const model = contrastiveModel({ encoder, negatives: 1, queueSize: 8 });
  expect(bytesOf(encoder.predict(x) as tf.Tensor)).toBe(bytesOf(before));
  expect(model.trainableWeights).toEqual(encoder.trainableWeights);
  model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: nonSemanticInfoNCE() });
  await model.fit(views(3), tf.zeros([6, 10]), { epochs: 2, shuffle: false, verbose: 0 });
  expect(maxDifference(encoder.predict(x) as tf.Tensor, before)).toBeGreaterThan(1e-3);
  expect(encoder.weights.map(({ name }) => name)).toEqual(names);
  const exported = exportEncoder(encoder);
  expect(exported.layers.map((layer) => layer.getClassName())).not.toContain('BatchNormalization');
  expect(maxDifference(exported.predict(x) as tf.Tensor, encoder.predict(x) as tf.Tensor)).toBe(0);
  // With its statistics, for those who compare embeddings as the loss does.
  const whole = exportEncoder(innerEncoder(model));
  expect(whole.layers.at(-1)?.getClassName()).toBe('BatchNormalization');
  expect((await roundTrip(whole)).predict(x)).toBeDefined();
});

test.each([0, 8])('saves and loads, and trains on to the bit, with a queue of %p', async (queueSize) => {
  const model = contrastiveModel({ encoder: mlp(), negatives: 1, queueSize });
  const fit = async (one: tfl.LayersModel, phase: number) => {
    one.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: nonSemanticInfoNCE() });
    const width = 1 + (queueSize || 5) + 1;
    const { history } = await one.fit(views(3, 6, phase), tf.zeros([6, width]), {
      epochs: 2,
      shuffle: false,
      verbose: 0,
    });
    return history.loss;
  };
  await fit(model, 0);
  const loaded = await roundTrip(model);
  expect(loaded.getWeights().map(bytesOf)).toEqual(model.getWeights().map(bytesOf));
  expect(await fit(loaded, 7)).toEqual(await fit(model, 7));
});

test('a batch of one image trains nothing, and breaks nothing', () => {
  const encoder = mlp();
  const model = contrastiveModel({ encoder, negatives: 1, queueSize: 8 });
  const before = encoder.getWeights().map(bytesOf);
  const optimizer = sgd({ learningRate: 0.1 });
  const loss = () => nonSemanticInfoNCE()(null, model.apply(views(3, 1), { training: true }) as tf.Tensor);
  expect(Number.isFinite((optimizer.minimize(loss, true) as tf.Scalar).dataSync()[0])).toBe(true);
  expect(encoder.getWeights().map(bytesOf)).toEqual(before);
});

test('compiles into a graph with the same losses', async () => {
  const initial = mlp().getWeights();
  const run = async (compile: boolean) => {
    const encoder = mlp();
    encoder.setWeights(initial);
    const model = contrastiveModel({ encoder, negatives: 1, queueSize: 8 });
    model.compile({ optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }), loss: nonSemanticInfoNCE() });
    if (compile) await compileModel(model, { assumePure: true });
    const { history } = await model.fit(views(3), tf.zeros([6, 10]), { epochs: 5, shuffle: false, verbose: 0 });
    return history.loss;
  };
  expect(await run(true)).toEqual(await run(false));
});

// What batch normalization is there for: whatever the encoder's offset, the embeddings of a batch are not alike.
test.each([1, 100, 10_000])('keeps embeddings apart that lie at distance %p from 0', (offset) => {
  const inputs = tfl.input({ shape: [5] });
  const dense = tfl.layers.dense({ units: 4 });
  const outputs = symbolic(dense.apply(inputs));
  const encoder = tfl.model({ inputs, outputs });
  dense.setWeights([tf.tensor2d(waves(20), [5, 4]), tf.fill([4], offset)]);
  const meanOf = (normalizeOutput: boolean) => {
    const model = contrastiveModel({ encoder, queueSize: 0, normalizeOutput });
    const [query] = views(1);
    const others = tf.slice(model.apply([query, query], { training: true }) as tf.Tensor, [0, 1], [6, 5]);
    return tf.mean(others).dataSync()[0];
  };
  expect(meanOf(true)).toBeLessThan(0);
  expect(meanOf(false)).toBeGreaterThan(0);
});
