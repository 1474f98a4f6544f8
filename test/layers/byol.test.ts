import * as tf from '@tensorflow/tfjs-core';
import * as tfd from '@tensorflow/tfjs-data';
import * as tfl from '@tensorflow/tfjs-layers';
import { ArgumentError, type ByolArgs, byol, nonSemanticByol, predictionHead, sgd } from 'tfjs-nonsemantic-negatives';
import { roundTrip } from '../support/roundTrip';
import { bytesOf, countReads, leakOf, maxDifference, peakTensors, waves } from '../support/tensors';
import { batches, byolModel, step } from './byolSupport';
import { convolutional, mlp } from './support';

declare const BACKEND: string;

const unit = (rows: tf.Tensor) => tf.div(rows, tf.norm(rows, 2, 1, true));
const row = (rows: tf.Tensor, i: number) => tf.squeeze(tf.slice(rows, [0, i, 0], [rows.shape[0], 1, -1]), [1]);
const weightsOf = (model: tfl.LayersModel) => model.getWeights().map(bytesOf);

describe('rows', () => {
  test.each([
    ['none', 0, 0, ['key', '|', 'query']],
    ['two of the query view', 2, 0, ['key', 'negative_0', 'negative_1', '|', 'query']],
    ['one of each view', 2, 1, ['key', 'negative_0', '|', 'query', 'negative_1']],
    ['one of the key view', 1, 1, ['key', '|', 'query', 'negative_0']],
  ])('with negatives: %s', (_, negatives, keyNegatives, expected) => {
    const made = byolModel({ keyNegatives }, negatives);
    const { encoder, projector, predictor, target } = made.layer;
    const xs = batches(made);
    const [names, own] = [['query', 'key', 'negative_0', 'negative_1'], xs];
    const view = (name: string) => own[names.indexOf(name)];
    const predict = (x: tf.Tensor) =>
      unit(predictor.predict(projector?.predict(encoder.predict(x) as tf.Tensor) as tf.Tensor) as tf.Tensor);
    const targets = (half: string[]) => half.map((name) => unit(target.predict(view(name)) as tf.Tensor));
    const bar = expected.indexOf('|');
    const reference = [
      predict(view('query')),
      ...targets(expected.slice(0, bar)),
      predict(view('key')),
      ...targets(expected.slice(bar + 1)),
    ];
    const output = made.model.predict(xs) as tf.Tensor;
    expect(made.model.outputs[0].shape).toEqual([null, 4 + negatives, 3]);
    expect(output.shape).toEqual([4, 4 + negatives, 3]);
    reference.forEach((rows, i) => {
      expect(maxDifference(row(output, i), rows)).toBeLessThan(1e-6);
    });
  });

  test('an encoder that has its head needs no projector', () => {
    const made = byolModel({ projector: undefined, predictor: predictionHead(4, { units: 4 }) });
    expect(made.layer.projector).toBeUndefined();
    const rows = made.model.predict(batches(made)) as tf.Tensor;
    expect(maxDifference(row(rows, 1), unit(made.layer.encoder.predict(batches(made)[1]) as tf.Tensor))).toBeLessThan(
      1e-6,
    );
  });
});

describe('a step', () => {
  test('moves the target network once, before it embeds, by the weights from before the optimizer', () => {
    const made = byolModel({ momentum: 0.5 });
    const { encoder, projector, target } = made.layer;
    const optimizer = sgd({ learningRate: 0.5 });
    step(made, optimizer, 0);
    const online = [...encoder.trainableWeights, ...(projector?.trainableWeights ?? [])].map((w) => w.read());
    const expected = target.trainableWeights.map((w, i) => tf.add(tf.mul(w.read(), 0.5), tf.mul(online[i], 0.5)));
    const rows = made.model.apply(batches(made, 1), { training: true }) as tf.Tensor;
    target.trainableWeights.forEach((w, i) => {
      expect(maxDifference(w.read(), expected[i])).toBeLessThan(1e-6);
    });
    expect(maxDifference(row(rows, 1), unit(target.predict(batches(made, 1)[1]) as tf.Tensor))).toBeLessThan(1e-6);
  });

  test('trains encoder, projector and predictor, and nothing of the target', () => {
    const made = byolModel({ momentum: 1 });
    const { encoder, projector, predictor, target } = made.layer;
    const parts = [encoder, projector as tfl.LayersModel, predictor];
    const before = parts.map(weightsOf);
    const still = weightsOf(target);
    step(made, tf.train.sgd(0.5));
    parts.forEach((part, i) => {
      weightsOf(part).forEach((bytes, j) => {
        expect(bytes).not.toBe(before[i][j]);
      });
    });
    expect(weightsOf(target)).toEqual(still);
    const trained = parts.flatMap((part) => part.trainableWeights);
    expect(made.model.trainableWeights).toEqual(trained);
  });

  test('outside training changes nothing', () => {
    const made = byolModel({ encoder: convolutional() });
    step(made, sgd({ learningRate: 0.5 }));
    const before = weightsOf(made.model);
    made.model.predict(batches(made, 1));
    expect(weightsOf(made.model)).toEqual(before);
  });

  test('has the gradient of central differences', () => {
    // Linear heads: a ReLU's corner has no derivative.
    const linear = (inputUnits: number, seed: number) =>
      predictionHead(inputUnits, { hiddenUnits: [], units: 3, seed });
    const made = byolModel({ momentum: 1, projector: linear(4, 1), predictor: linear(3, 2) }, 2);
    const { encoder, projector, predictor } = made.layer;
    encoder.setWeights(encoder.getWeights().map((w, i) => tf.tensor(waves(w.size, 0.5, i), w.shape)));
    const xs = batches(made);
    const loss = nonSemanticByol({ alpha: 1.5 });
    const value = () => loss(null, made.model.apply(xs, { training: true }) as tf.Tensor);
    const { grads } = tf.variableGrads(value);
    for (const part of [encoder, projector as tfl.LayersModel, predictor]) {
      const variable = part.trainableWeights[0].read() as tf.Variable;
      const values = Array.from(variable.dataSync());
      const gradient = Array.from(grads[variable.name].dataSync());
      const steepest = gradient.map(Math.abs).indexOf(Math.max(...gradient.map(Math.abs)));
      const at = (offset: number) => {
        const moved = values.map((v, i) => (i === steepest ? v + offset : v));
        variable.assign(tf.tensor(moved, variable.shape));
        return value().dataSync()[0];
      };
      const numeric = (at(5e-3) - at(-5e-3)) / 1e-2;
      at(0);
      expect(Math.abs(numeric)).toBeGreaterThan(0.01);
      // float32 losses over a distance of 1e-2, and the curvature within it.
      expect(Math.abs(gradient[steepest] / numeric - 1)).toBeLessThan(0.05);
    }
  });

  test('keeps no activations of the targets, reads nothing and leaks nothing', () => {
    const gradients = (negatives: number) => {
      const made = byolModel({ encoder: convolutional() }, negatives);
      const xs = batches(made);
      const loss = nonSemanticByol();
      return () =>
        tf.tidy(() => {
          tf.variableGrads(() => loss(null, made.model.apply(xs, { training: true }) as tf.Tensor));
        });
    };
    const [few, many] = [0, 3].map(gradients);
    few();
    many();
    // Three more inputs cost their rows, and not the dozens of activations of each.
    expect(peakTensors(many) - peakTensors(few)).toBeLessThan(15);
    expect(leakOf(many)).toBe(0);
    // cpu and wasm keep their tensors in host memory, where a slice is a read.
    if (BACKEND === 'tensorflow') expect(countReads(many)).toBe(0);
  });
});

test('disposing the layer disposes all its models', () => {
  const before = tf.memory().numTensors;
  byolModel().model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

describe.each([
  ['an mlp', mlp],
  ['a model with batch normalization', convolutional],
])('saved and loaded, with %s', (_, encoder) => {
  test('is restored exactly, and the next steps are the same to the bit', async () => {
    const batchNormalization = tfl.layers.batchNormalization;
    const own = encoder();
    const projector = predictionHead(4, { hiddenUnits: [5], units: 3, batchNormalization });
    const made = byolModel({ encoder: own, projector, momentum: 0.7, keyNegatives: 1 }, 2);
    const loss = nonSemanticByol();
    made.model.compile({ optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }), loss });
    for (let i = 0; i < 3; i++) step(made, made.model.optimizer, i);
    const model = await roundTrip(made.model, { includeOptimizer: true });
    const layer = model.layers.find((one) => one.getClassName() === 'NonSemanticByol') as typeof made.layer;
    expect(weightsOf(model)).toEqual(weightsOf(made.model));
    expect(weightsOf(layer.target)).toEqual(weightsOf(made.layer.target));
    expect([layer.momentum, layer.keyNegatives]).toEqual([0.7, 1]);
    for (let i = 3; i < 5; i++) {
      const losses = [made, { model, layer }].map((one) => step(one, one.model.optimizer, i));
      expect(losses[1]).toBe(losses[0]);
    }
    expect(weightsOf(model)).toEqual(weightsOf(made.model));
  });
});

test('the loss falls with compile and fitDataset', async () => {
  const made = byolModel({ encoder: convolutional() }, 1);
  made.model.compile({ optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }), loss: nonSemanticByol({ alpha: 0.2 }) });
  const xs = Object.fromEntries(batches(made).map((x, i) => [made.model.inputNames[i], x]));
  const data = tfd.array([{ xs, ys: tf.zeros([4, 1]) }]) as tfd.Dataset<tf.TensorContainer>;
  const { history } = await made.model.fitDataset(data, { epochs: 12, verbose: 0 });
  expect(history.loss[11]).toBeLessThan((history.loss[0] as number) - 0.3);
});

describe('errors', () => {
  const head = (inputUnits: number, units: number) => predictionHead(inputUnits, { units });
  test.each<[string, () => object, string]>([
    ['no predictor', () => ({ encoder: mlp() }), 'Expected a tf.LayersModel for option predictor, received undefined.'],
    [
      'a projector that does not fit',
      () => ({ encoder: mlp(), projector: head(5, 3), predictor: head(3, 3) }),
      'Expected a model from [null, 4] to [null, 3] for option projector, received one from [null, 5] to [null, 3].',
    ],
    [
      'a predictor of another width',
      () => ({ encoder: mlp(), projector: head(4, 3), predictor: head(3, 2) }),
      'Expected a model from [null, 3] to [null, 3] for option predictor, received one from [null, 3] to [null, 2].',
    ],
    [
      'a momentum above 1',
      () => ({ encoder: mlp(), predictor: head(4, 4), momentum: 1.5 }),
      'Expected a number of at least 0 and of at most 1 for option momentum, received 1.5.',
    ],
    [
      'a misspelled option',
      () => ({ encoder: mlp(), predictor: head(4, 4), tau: 0.9 }),
      'for the options of byol(), received "tau".',
    ],
  ])('%s', (_, args, message) => {
    expect(() => byol(args() as ByolArgs)).toThrow(ArgumentError);
    expect(() => byol(args() as ByolArgs)).toThrow(message);
  });

  test('refuses inputs that do not fit', () => {
    expect(() => byolModel({ keyNegatives: 2 })).toThrow(
      'Expected a number of at most 1 for option keyNegatives, received 2.',
    );
    expect(() => byolModel({}, -1)).toThrow('Expected [query, key, …negatives] for the inputs of byol()');
    const made = byolModel();
    const [query, ...others] = batches(made);
    expect(() => made.layer.apply([tf.slice(query, 0, 3), ...others])).toThrow('Expected batches of 3');
  });
});
