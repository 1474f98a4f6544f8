import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { contrastiveDataset, contrastiveModel, nonSemanticInfoNCE, twoViews } from 'tfjs-nonsemantic-negatives';

// The errors that docs/adopt.md explains are those that TensorFlow.js throws.
const page = readFileSync(join(__dirname, '../../docs/adopt.md'), 'utf8');
const documented = [...page.matchAll(/^\| `(.+)` \|.*\|$/gm)].map(([, message]) => message);

const images = () => tf.zeros([4, 4, 4, 1]) as tf.Tensor4D;
const views = () => twoViews()(images()).xs;
const dataset = (batchSize?: number) => contrastiveDataset(images(), { batchSize });

function compiled(negatives: number): tf.LayersModel {
  const encoder = tf.sequential({
    layers: [tf.layers.flatten({ inputShape: [4, 4, 1] }), tf.layers.dense({ units: 2 })],
  });
  const model = contrastiveModel({ encoder, negatives, queueSize: 8 });
  model.compile({ optimizer: 'sgd', loss: nonSemanticInfoNCE() });
  return model;
}

const faults: { [error: string]: () => unknown } = {
  'expects 3 Tensor(s), but only received one': () => compiled(1).fit(images(), tf.zeros([4, 1])),
  'LayersModel has 3 inputs, but the dataset provides 1': () => compiled(1).fitDataset(dataset(2), { epochs: 1 }),
  "lacks the required input key 'negative_0'": () => compiled(1).fitDataset(dataset(2).map(twoViews()), { epochs: 1 }),
  'Batch size mismatch': () => compiled(0).fitDataset(dataset().map(twoViews()), { epochs: 1 }),
  'The dtype of the feed (undefined) can not be cast': () => compiled(0).apply(views() as never, { training: true }),
  "Cannot read properties of undefined (reading 'dtype')": () => compiled(0).apply(images(), { training: true }),
};

test('each documented error has its fault here', () => {
  expect(documented).toEqual(Object.keys(faults));
});

test.each(Object.entries(faults))('%s', async (error, fault) => {
  await expect(async () => fault()).rejects.toThrow(error);
});
