import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  ArgumentError,
  byol,
  contrastiveDataset,
  memoryQueue,
  momentumEncoder,
  nonSemanticByol,
  nonSemanticInfoNCE,
  patchNegative,
  sgd,
  type Transform,
  twoViews,
} from 'tfjs-nonsemantic-negatives';
import { noiseBatch } from '../support/images';

const shape = [4, 4, 3];
const patches = (count = 1) => patchNegative({ count, patchRange: [1, 2] });

const symbolic = (x: unknown) => x as tfl.SymbolicTensor;

function encoder(): tfl.LayersModel {
  const input = tfl.input({ shape });
  const flat = tfl.layers.flatten().apply(input);
  return tfl.model({ inputs: input, outputs: symbolic(tfl.layers.dense({ units: 4 }).apply(symbolic(flat))) });
}

function predictor(): tfl.LayersModel {
  const input = tfl.input({ shape: [4] });
  return tfl.model({ inputs: input, outputs: symbolic(tfl.layers.dense({ units: 4 }).apply(input)) });
}

function makeModel(layer: 'momentumEncoder' | 'byol', names: string[]): tfl.LayersModel {
  const inputs = names.map((name) => tfl.input({ name, shape }));
  const isMoCo = layer === 'momentumEncoder';
  const first = isMoCo ? momentumEncoder({ encoder: encoder() }) : byol({ encoder: encoder(), predictor: predictor() });
  const rows = symbolic(first.apply(inputs));
  const outputs = isMoCo ? symbolic(memoryQueue({ size: 8 }).apply(rows)) : rows;
  const model = tfl.model({ inputs, outputs });
  const loss = isMoCo ? nonSemanticInfoNCE() : nonSemanticByol();
  model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss });
  return model;
}

const fit = (model: tfl.LayersModel, steps: Transform[]) => {
  const images = noiseBatch(4, 4, 4);
  const dataset = steps.reduce(
    (chain, step) => chain.map(step) as unknown as ReturnType<typeof contrastiveDataset>,
    contrastiveDataset(images, { batchSize: 2 }),
  );
  return model.fitDataset(dataset, { epochs: 1, verbose: 0 }).finally(() => images.dispose());
};

describe.each(['momentumEncoder', 'byol'] as const)('%s', (layer) => {
  test.each([
    ['a count above the inputs', () => [twoViews(), patches(2)], ['query', 'key', 'negative_0'], 'negative_1'],
    ['a second transform', () => [patches(), twoViews(), patches()], ['query', 'key', 'negative_0'], 'negative_1'],
    ['a model without negatives', () => [twoViews(), patches()], ['query', 'key'], 'negative_0'],
  ])('refuses %s at the first step, and nothing leaks', async (_, steps, names, missing) => {
    const model = makeModel(layer, names);
    const before = tf.memory().numTensors;
    for (let time = 0; time < 2; time++) {
      const training = fit(model, steps());
      await expect(training).rejects.toThrow(ArgumentError);
      await expect(training).rejects.toThrow(`Give the model an input for ${missing}, or make fewer negatives.`);
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  test('accepts as many negatives as it has inputs for, in any order of inputs', async () => {
    for (const names of [
      ['query', 'key', 'negative_0', 'negative_1'],
      ['query', 'key', 'negative_1', 'negative_0'],
    ]) {
      const model = makeModel(layer, names);
      const { history } = await fit(model, [twoViews(), patches(2)]);
      expect(history.loss).toHaveLength(1);
    }
  });
});

test('the message says what was made and what arrived', async () => {
  const model = makeModel('momentumEncoder', ['query', 'key', 'negative_0']);
  await expect(fit(model, [twoViews(), patches(2)])).rejects.toThrow(
    'Expected query, key, negative_0, negative_1 for the inputs of momentumEncoder(), received 1 of 2 negatives.',
  );
});

test.each(['momentumEncoder', 'byol'] as const)('%s leaves negatives out for a clone of the query', (name) => {
  const layer = makeModel(name, ['query', 'key']).layers.find(({ weights }) => weights.length > 0) as tfl.layers.Layer;
  const { query, key, negative_1 } = patches(2)(twoViews()(noiseBatch(2, 4, 4))).xs;
  const rows = layer.apply([tf.clone(query), key]) as tf.Tensor;
  expect(rows.shape).toEqual(name === 'byol' ? [2, 4, 4] : [2, 2, 4]);
  expect(negative_1.isDisposed).toBe(false);
  expect(() => layer.apply([query, key])).toThrow(
    'A call of the layer leaves negatives out by [tf.clone(query), key].',
  );
});

test.each([
  ['twoViews', twoViews],
  ['patchNegative', patchNegative],
])('.map(%s) without a call causes an error that says so', async (name, transform) => {
  const map = transform as unknown as Transform;
  const message = `Pass what it returns: ${name}().`;
  expect(() => map(noiseBatch(1, 4, 4))).toThrow(message);
  const images = noiseBatch(2, 4, 4);
  await expect(contrastiveDataset(images).map(map).toArray()).rejects.toThrow(message);
});
