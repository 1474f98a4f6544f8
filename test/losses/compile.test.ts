import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  contrastiveAccuracy,
  contrastiveModel,
  keySimilarity,
  negativeSimilarity,
  nonSemanticByol,
  nonSemanticInfoNCE,
  queueSimilarity,
  sgd,
} from 'tfjs-nonsemantic-negatives';
import { roundTrip } from '../support/roundTrip';

const encoder = () => tfl.sequential({ layers: [tfl.layers.dense({ units: 3, inputShape: [4] })] });
const views = () => [1, 2, 3].map((seed) => tf.randomNormal([4, 4], 0, 1, 'float32', seed));
const metrics = [contrastiveAccuracy, keySimilarity, queueSimilarity, negativeSimilarity];

test.each([0, 4])('a model with a queue of %p loads with its optimizer and our metrics', async (queueSize) => {
  const model = contrastiveModel({ encoder: encoder(), negatives: 1, queueSize });
  const optimizer = sgd({ learningRate: 0.1, momentum: 0.9 });
  model.compile({ optimizer, loss: nonSemanticInfoNCE(), metrics });
  const labels = tf.zeros(queueSize === 0 ? [4, 5] : [4, 6]);
  await model.fit(views(), labels, { verbose: 0, shuffle: false });
  const loaded = await roundTrip(model, { includeOptimizer: true });
  expect(loaded.metrics).toEqual(metrics);
  // tfjs drops a loss that is a function.
  loaded.compile({ optimizer: loaded.optimizer, loss: nonSemanticInfoNCE(), metrics });
  const logs: object[] = [];
  for (const one of [model, loaded]) {
    const { history } = await one.fit(views(), labels, { verbose: 0, shuffle: false });
    logs.push(history);
  }
  expect(logs[1]).toEqual(logs[0]);
});

test('metrics may be given by name', async () => {
  const model = contrastiveModel({ encoder: encoder(), negatives: 1, queueSize: 4 });
  model.compile({ optimizer: 'sgd', loss: nonSemanticInfoNCE(), metrics: 'contrastiveAccuracy' });
  const { history } = await model.fit(views(), tf.zeros([4, 6]), { verbose: 0 });
  expect(Object.keys(history).sort()).toEqual(['contrastiveAccuracy', 'loss']);
});

const meaningless = [
  'accuracy',
  ['acc'],
  [contrastiveAccuracy, 'ce'],
  ['mse'],
  { similarities: 'categoricalAccuracy' },
];

test.each([nonSemanticInfoNCE(), nonSemanticByol()])('%p refuses metrics of labels', (loss) => {
  const model = contrastiveModel({ encoder: encoder(), queueSize: 4 });
  for (const metrics of meaningless) {
    for (const form of [loss, [loss], { [model.outputNames[0]]: loss }])
      expect(() =>
        model.compile({ optimizer: 'sgd', loss: form as typeof loss, metrics: metrics as string[] }),
      ).toThrow('Expected metrics of similarities for option metrics, received "');
  }
});

test.each([0, 4])('a loss of labels that a classifier left is refused with a queue of %p', (queueSize) => {
  const model = contrastiveModel({ encoder: encoder(), queueSize });
  for (const loss of [
    'categoricalCrossentropy',
    ['meanSquaredError'],
    { [model.outputNames[0]]: 'binaryCrossentropy' },
  ])
    expect(() => model.compile({ optimizer: 'sgd', loss })).toThrow(
      /^Expected a loss of similarities for option loss, received "\w+"\. There are no classes to compare with: see /,
    );
});

test.each([nonSemanticInfoNCE, nonSemanticByol])('%p without () is told so', async (loss) => {
  const model = contrastiveModel({ encoder: encoder(), queueSize: 4 });
  model.compile({ optimizer: 'sgd', loss: loss as never });
  await expect(model.fit(views().slice(0, 2), tf.zeros([4, 1]), { verbose: 0 })).rejects.toThrow(
    `received a float32 tensor of shape [4, 1]. Pass what it returns: ${loss.name}().`,
  );
});

test('a classifier beside the similarities keeps its loss and its labels', async () => {
  const shared = encoder();
  const similarities = contrastiveModel({ encoder: shared, queueSize: 0 });
  const classes = tfl.layers.dense({ units: 2, activation: 'softmax', name: 'classes' });
  const [input] = similarities.inputs;
  const outputs = [...similarities.outputs, classes.apply(shared.apply(input)) as tfl.SymbolicTensor];
  const model = tfl.model({ inputs: similarities.inputs, outputs });
  const [contrastive] = model.outputNames;
  const loss = { [contrastive]: nonSemanticInfoNCE(), classes: 'categoricalCrossentropy' };
  model.compile({ optimizer: 'sgd', loss: loss as never, metrics: { classes: 'accuracy' } });
  const fit = (classes: tf.Tensor) =>
    model.fit(views().slice(0, 2), { [contrastive]: tf.zeros([4, 1]), classes }, { verbose: 0 });
  const { history } = await fit(tf.oneHot([0, 1, 0, 1], 2));
  expect(Object.keys(history).sort()).toEqual(['classes_acc', 'classes_loss', 'loss', `${contrastive}_loss`]);
  await expect(fit(tf.zeros([4, 3]))).rejects.toThrow('shape');
});

test("a loss of the user's own takes labels of any shape", async () => {
  const model = contrastiveModel({ encoder: encoder(), queueSize: 4 });
  const loss = nonSemanticInfoNCE();
  model.compile({ optimizer: 'sgd', loss: (yTrue, yPred) => tf.mul(2, loss(yTrue, yPred)) });
  const { history } = await model.fit(views().slice(0, 2), tf.zeros([4, 1]), { verbose: 0 });
  expect(history.loss[0]).toBeGreaterThan(0);
});

const labels = { 'class numbers': [4], 'one-hot rows': [4, 2], 'zeros as of a dataset': [4, 1], boxes: [4, 2, 2] };

test.each(Object.entries(labels))('labels may be %s in every loop', async (_, shape) => {
  const model = contrastiveModel({ encoder: encoder(), negatives: 1, queueSize: 4 });
  model.compile({ optimizer: 'sgd', loss: nonSemanticInfoNCE() });
  const ys = tf.zeros(shape);
  const { history } = await model.fit(views(), ys, { verbose: 0 });
  const losses = [history.loss[0], await model.trainOnBatch(views(), ys)] as number[];
  const evaluated = model.evaluate(views(), ys) as tf.Scalar;
  for (const loss of [...losses, evaluated.dataSync()[0]]) expect(loss).toBeGreaterThan(0);
});

test('other models compile as before', async () => {
  const model = tfl.sequential({ layers: [tfl.layers.dense({ units: 2, activation: 'softmax', inputShape: [4] })] });
  const args = { optimizer: 'sgd', loss: 'categoricalCrossentropy', metrics: ['accuracy', 'mse'] };
  model.compile(args);
  const { history } = await model.fit(tf.ones([3, 4]), tf.oneHot([0, 1, 0], 2), { verbose: 0 });
  expect(Object.keys(history).sort()).toEqual(['acc', 'loss', 'mse']);
  expect(args.metrics).toEqual(['accuracy', 'mse']);
});
