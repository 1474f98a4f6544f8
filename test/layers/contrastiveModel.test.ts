import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  batchSimilarities,
  type ContrastiveModelArgs,
  contrastiveModel,
  contrastiveSimilarities,
  l2Normalize,
  MemoryQueue,
  memoryQueue,
  momentumEncoder,
  nonSemanticInfoNCE,
} from 'tfjs-nonsemantic-negatives';
import { roundTrip } from '../support/roundTrip';
import { maxDifference, waves } from '../support/tensors';
import { convolutional, mlp } from './support';

const views = (count: number, batch = 4) =>
  Array.from({ length: count }, (_, i) => tf.tensor2d(waves(batch * 5, 1, i), [batch, 5]));
const embed = (encoder: tfl.LayersModel, x: tf.Tensor) => l2Normalize(encoder.predict(x) as tf.Tensor);

test('equals a queue on a momentum encoder, to the bit', () => {
  const encoder = mlp();
  const made = contrastiveModel({ encoder, negatives: 2, queueSize: 6, normalizeOutput: false, seed: 3 });
  expect(made.inputNames).toEqual(['query', 'key', 'negative_0', 'negative_1']);
  expect(made.outputs[0].shape).toEqual([null, 1 + 6 + 2]);
  const inputs = ['a', 'b', 'c', 'd'].map((name) => tfl.input({ name, shape: [5] }));
  const outputs = memoryQueue({ size: 6, seed: 3 }).apply(momentumEncoder({ encoder, momentum: 0.99 }).apply(inputs));
  const composed = tfl.model({ inputs, outputs });
  expect(made.layers.map((layer) => layer.getClassName())).toEqual(composed.layers.map((one) => one.getClassName()));
  const both = [made, composed].map((model) => model.predict(views(4)) as tf.Tensor);
  expect(maxDifference(both[0], both[1])).toBe(0);
});

test('hands the warm start to its queue', () => {
  const queueOf = (model: tfl.LayersModel) => model.layers.find((layer) => layer instanceof MemoryQueue);
  expect(queueOf(contrastiveModel({ encoder: mlp(), queueSize: 4, warmStart: true }))?.warmStart).toBe(true);
  expect(queueOf(contrastiveModel({ encoder: mlp(), queueSize: 4 }))?.warmStart).toBe(false);
});

test('has a queue of 4096 and a momentum of .99 by default', () => {
  const made = contrastiveModel({ encoder: convolutional() });
  expect(made.inputs.map(({ shape }) => shape)).toEqual([
    [null, 4, 4, 3],
    [null, 4, 4, 3],
  ]);
  expect(made.outputs[0].shape).toEqual([null, 4097]);
  expect(made.layers.map((layer) => layer.getConfig().momentum).filter(Boolean)).toEqual([0.99]);
});

test('compares within the batch if there is no queue, with the encoder alone', () => {
  const encoder = mlp();
  const made = contrastiveModel({ encoder, negatives: 1, queueSize: 0, normalizeOutput: false, name: 'in_batch' });
  expect(made.name).toBe('in_batch');
  const xs = views(3);
  const [query, key, negative] = xs.map((x) => embed(encoder, x));
  const expected = contrastiveSimilarities(query, key, { negatives: [negative] });
  expect(maxDifference(made.predict(xs) as tf.Tensor, expected)).toBeLessThan(1e-6);
  expect(made.trainableWeights).toEqual(encoder.trainableWeights);
  // Keys have a gradient.
  const score = (x: tf.Tensor) => nonSemanticInfoNCE()(null, made.apply([xs[0], x, xs[2]]));
  expect(tf.max(tf.abs(tf.grad(score)(xs[1]))).dataSync()[0]).toBeGreaterThan(1e-4);
});

test('takes keys from the moving average with a momentum and no queue', () => {
  const made = contrastiveModel({ encoder: mlp(), queueSize: 0, momentum: 0.9 });
  const names = made.layers.map((layer) => layer.getClassName());
  expect(names).toEqual(expect.arrayContaining(['NonSemanticMomentumEncoder', 'NonSemanticBatchSimilarities']));
});

test.each([0, 8])('learns with a queue of %p', async (queueSize) => {
  const encoder = mlp();
  encoder.setWeights(encoder.getWeights().map((weight, i) => tf.tensor(waves(weight.size, 0.4, i), weight.shape)));
  const model = contrastiveModel({ encoder, negatives: 1, queueSize, momentum: queueSize ? 0.9 : undefined });
  model.compile({ optimizer: tf.train.adam(0.02), loss: nonSemanticInfoNCE({ temperature: 0.2 }) });
  const [query, , negative] = views(3, 8);
  const key = tf.add(query, tf.mul(0.05, views(2, 8)[1]));
  const labels = tf.zeros([8, 1 + (queueSize || 7) + 1]);
  const { history } = await model.fit([query, key, negative], labels, { epochs: 30, batchSize: 8, verbose: 0 });
  expect(history.loss.at(-1)).toBeLessThan(0.7 * Math.max(...(history.loss as number[])));
});

test('gives an encoder of integers integer inputs', () => {
  const input = tfl.input({ shape: [5], dtype: 'int32' });
  const embedding = tfl.layers.embedding({ inputDim: 7, outputDim: 3 }).apply(input) as tfl.SymbolicTensor;
  const outputs = tfl.layers.globalAveragePooling1d({}).apply(embedding) as tfl.SymbolicTensor;
  const made = contrastiveModel({ encoder: tfl.model({ inputs: input, outputs }), queueSize: 4 });
  expect(made.inputs.map(({ dtype }) => dtype)).toEqual(['int32', 'int32']);
});

describe('batchSimilarities', () => {
  test('takes a list of embeddings, or one tensor of them', async () => {
    const [query, key, negative] = views(3);
    const expected = contrastiveSimilarities(l2Normalize(query), l2Normalize(key), {
      negatives: [l2Normalize(negative)],
    });
    const layer = batchSimilarities();
    for (const inputs of [[query, key, negative], tf.stack([query, key, negative], 1)]) {
      const similarities = layer.apply(inputs as tf.Tensor);
      expect(maxDifference(similarities, expected)).toBeLessThan(1e-6);
      // The loss knows how many negatives there are.
      expect(() => nonSemanticInfoNCE({ negatives: 2 })(null, similarities)).toThrow("the model's 1");
    }
  });

  test('saves and loads', async () => {
    const model = contrastiveModel({ encoder: mlp(), negatives: 1, queueSize: 0 });
    const loaded = await roundTrip(model);
    const both = [model, loaded].map((one) => one.predict(views(3)) as tf.Tensor);
    expect(maxDifference(both[0], both[1])).toBe(0);
  });

  test.each<[string, () => unknown]>([
    ['one input', () => batchSimilarities().apply(tfl.input({ shape: [4] }))],
    ['two widths', () => batchSimilarities().apply([4, 3].map((width) => tfl.input({ shape: [width] })))],
    ['images', () => batchSimilarities().apply([0, 1].map(() => tfl.input({ shape: [2, 2, 3] })))],
  ])('refuses %s', (_, apply) => {
    expect(apply).toThrow('for the inputs of batchSimilarities(), received [');
  });
});

test.each<[Partial<ContrastiveModelArgs>, string]>([
  [{ queueSize: -1 }, 'option queueSize'],
  [{ negatives: 0.5 }, 'option negatives'],
  [{ momentum: 2 }, 'option momentum'],
  [{ queuesize: 3 } as never, 'Did you mean queueSize?'],
])('refuses %p', (args, message) => {
  expect(() => contrastiveModel({ encoder: mlp(), ...args })).toThrow(message);
});
