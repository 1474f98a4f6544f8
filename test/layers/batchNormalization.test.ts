import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { type BatchNormalization, batchNormalization } from 'tfjs-nonsemantic-negatives';
import { type Acceleration, accelerate } from 'tfjs-nonsemantic-negatives/accelerate';

const shapes = [
  [6, 3],
  [4, 5, 2],
  [4, 3, 3, 2],
  [1, 4],
  [2, 1, 1, 1],
];

const normal = (shape: number[], seed: number) => tf.randomNormal(shape, 2, 3, 'float32', seed);
const apply = (layer: tfl.layers.Layer, x: tf.Tensor, training: boolean) => layer.apply(x, { training }) as tf.Tensor;

function expectClose(actual: tf.Tensor, expected: tf.Tensor, tolerance = 1e-4) {
  expect(actual.shape).toEqual(expected.shape);
  const values = actual.dataSync();
  expected.dataSync().forEach((value, i) => {
    expect(Math.abs(values[i] - value)).toBeLessThan(tolerance * (1 + Math.abs(value)));
  });
}

/** Our layer and tfjs's, with the same weights, none of them at its initial value. */
function pair(shape: number[], args: object = {}): [BatchNormalization, tfl.layers.Layer] {
  const [ours, theirs] = [batchNormalization(args), tfl.layers.batchNormalization(args)];
  for (const layer of [ours, theirs]) layer.build([null, ...shape.slice(1)]);
  const weights = theirs.weights.map(({ shape }, i) => tf.abs(normal(shape as number[], 10 + i)));
  ours.setWeights(weights);
  theirs.setWeights(weights);
  return [ours, theirs];
}

// As shipped, and with the kernels that accelerate() gives the backend.
describe.each(['stock', 'accelerated'])('on a backend that is %s', (kernels) => {
  let acceleration: Acceleration;
  beforeAll(async () => {
    acceleration = await accelerate();
    if (kernels === 'stock') acceleration.restore();
  });
  afterAll(async () => {
    await accelerate();
  });

  test.each(shapes.map((shape) => [shape]))('trains as the stock layer does, %j', (shape) => {
    const [ours, theirs] = pair(shape, { momentum: 0.9, epsilon: 0.01 });
    const x = normal(shape, 1);
    expectClose(apply(ours, x, true), apply(theirs, x, true));
    ours.weights.forEach((weight, i) => {
      expectClose(weight.read(), theirs.weights[i].read());
    });
    expectClose(apply(ours, x, false), apply(theirs, x, false));
  });

  test.each(shapes.map((shape) => [shape]))('has the gradients of the stock layer, %j', (shape) => {
    const [ours, theirs] = pair(shape);
    const x = normal(shape, 1);
    const dy = normal(shape, 2);
    for (const training of [true, false]) {
      const gradients = ([ours, theirs] as tfl.layers.Layer[]).map((layer) => {
        const loss = (x: tf.Tensor) => tf.sum(tf.mul(apply(layer, x, training), dy)) as tf.Scalar;
        const variables = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
        const { grads } = tf.variableGrads(() => loss(x), variables);
        return [tf.grad(loss)(x), ...variables.map(({ name }) => grads[name])];
      });
      gradients[0].forEach((gradient, i) => {
        expectClose(gradient, gradients[1][i], 1e-3);
      });
    }
  });

  test.each([{ scale: false }, { center: false }, { scale: false, center: false }])('trains with %j', (args) => {
    const layer = batchNormalization({ ...args, momentum: 0 });
    const x = normal([4, 3, 2], 1);
    layer.build([null, 3, 2]);
    const { mean, variance } = tf.moments(x, [0, 1]);
    expectClose(apply(layer, x, true), tf.batchNorm(x as tf.Tensor3D, mean as tf.Tensor1D, variance as tf.Tensor1D));
    expect(layer.weights.length).toBe(4 - Object.keys(args).length);
    // The network of two layers below has a gradient through both, in training and frozen.
    for (const trainable of [true, false]) {
      layer.trainable = trainable;
      const gradient = tf.grad((x) => tf.sum(tf.square(apply(layer, tf.square(x), true))))(x);
      expect(gradient.dataSync().every(Number.isFinite)).toBe(true);
    }
  });

  // tfjs's own is no measure here: it computes other axes wrongly on cpu and wasm.
  test.each([
    [1, [0, 2, 3, 1], [0, 3, 1, 2]],
    [2, [0, 1, 3, 2], [0, 1, 3, 2]],
    [-2, [0, 1, 3, 2], [0, 1, 3, 2]],
    [0, [1, 2, 3, 0], [3, 0, 1, 2]],
  ])('normalizes axis %i as it does the last one', (axis, toLast, back) => {
    const [layer, last] = [batchNormalization({ axis }), batchNormalization()];
    const x = normal([4, 3, 2, 5], 1);
    for (const training of [true, false])
      expectClose(apply(layer, x, training), tf.transpose(apply(last, tf.transpose(x, toLast), training), back));
    expectClose(layer.weights[2].read(), last.weights[2].read());
  });

  test('splits are normalized separately, one after another', () => {
    const x = normal([6, 2, 2, 3], 1);
    const dy = normal([6, 2, 2, 3], 2);
    const [whole] = pair([6, 2, 2, 3]);
    const [cut] = pair([6, 2, 2, 3], { name: 'cut' });
    cut.splits = 3;
    const parts = (run: (x: tf.Tensor, dy: tf.Tensor) => tf.Tensor) => {
      const dys = tf.split(dy, 3);
      return tf.concat(tf.split(x, 3).map((part, i) => run(part, dys[i])));
    };
    const gradient = (layer: BatchNormalization) => (x: tf.Tensor, dy: tf.Tensor) =>
      tf.grad((x) => tf.mul(apply(layer, x, true), dy))(x);
    expectClose(
      apply(cut, x, true),
      parts((part) => apply(whole, part, true)),
    );
    cut.weights.forEach((weight, i) => {
      expectClose(weight.read(), whole.weights[i].read());
    });
    expectClose(gradient(cut)(x, dy), parts(gradient(whole)));
    expectClose(apply(cut, x, false), apply(whole, x, false));
  });

  test('a frozen layer uses the moving statistics and leaves them alone, in training too', () => {
    const x = normal([4, 3], 1);
    const freeze: ((layer: BatchNormalization) => void)[] = [
      (layer) => {
        layer.trainable = false;
      },
      (layer) => {
        const input = tfl.input({ shape: [3] });
        tfl.model({ inputs: input, outputs: layer.apply(input) as tfl.SymbolicTensor }).trainable = false;
      },
    ];
    for (const step of freeze) {
      const [layer] = pair([4, 3]);
      const inference = apply(layer, x, false);
      const before = layer.getWeights().map((weight) => weight.dataSync());
      step(layer);
      expectClose(apply(layer, x, true), inference);
      expect(layer.getWeights().map((weight) => weight.dataSync())).toEqual(before);
    }
  });

  test('central differences', () => {
    const [layer] = pair([5, 3]);
    const [x, dy, direction] = [1, 2, 3].map((seed) => normal([5, 3], seed));
    const loss = (x: tf.Tensor) => tf.sum(tf.mul(apply(layer, x, true), dy));
    const at = (step: number) => loss(tf.add(x, tf.mul(direction, step))).dataSync()[0];
    const slope = tf.sum(tf.mul(tf.grad(loss)(x), direction)).dataSync()[0];
    expect((at(0.01) - at(-0.01)) / 0.02).toBeCloseTo(slope, 1);
  });

  test('the gradient of a gradient equals that of the stock layer', () => {
    const second = ([ours, theirs]: tfl.layers.Layer[]) =>
      [ours, theirs].map((layer) => {
        const slope = (x: tf.Tensor) =>
          tf.sum(tf.square(tf.grad((x) => tf.sum(tf.square(tf.square(apply(layer, x, true)))))(x)));
        return tf.grad(slope)(normal([4, 2], 1));
      });
    const [ours, theirs] = second(pair([4, 2]));
    expectClose(ours, theirs, 1e-2);
  });

  test('nothing stays in memory after a step', () => {
    const [layer] = pair([4, 3]);
    layer.splits = 2;
    const x = normal([4, 3], 1);
    const step = () => tf.dispose(tf.variableGrads(() => tf.sum(apply(layer, x, true)) as tf.Scalar));
    step();
    const before = tf.memory().numTensors;
    step();
    apply(layer, x, true).dispose();
    apply(layer, x, false).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('trains inside model.fit, and its moving statistics follow', async () => {
  const input = tfl.input({ shape: [3] });
  const hidden = batchNormalization({ momentum: 0.5, name: 'norm' }).apply(input) as tfl.SymbolicTensor;
  const model = tfl.model({
    inputs: input,
    outputs: tfl.layers.dense({ units: 1 }).apply(hidden) as tfl.SymbolicTensor,
  });
  model.compile({ optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError' });
  await model.fit(normal([8, 3], 1), normal([8, 1], 2), { epochs: 20, verbose: 0 });
  expectClose(model.getLayer('norm').weights[2].read(), tf.mean(normal([8, 3], 1), 0), 1e-2);
});

test('is rebuilt from its configuration, splits included', () => {
  const layer = batchNormalization({ splits: 2, scale: false, epsilon: 0.5, betaInitializer: 'ones', name: 'here' });
  const [cls, fromConfig] = tf.serialization.SerializationMap.getMap().classNameMap[layer.getClassName()];
  // tfjs adds an empty `customObjects` to the options of initializers, and drops it.
  const plain = (layer: BatchNormalization) =>
    JSON.parse(JSON.stringify(layer.getConfig(), (key, value) => (key === 'customObjects' ? undefined : value)));
  const config = JSON.parse(JSON.stringify(layer.getConfig()));
  const again = fromConfig(cls, config) as unknown as BatchNormalization;
  expect(layer.getClassName()).toBe('NonSemanticBatchNormalization');
  expect(again.splits).toBe(2);
  expect(plain(again)).toEqual(plain(layer));
});

test('a model with it is rebuilt from its topology, and predicts the same', async () => {
  const input = tfl.input({ shape: [3] });
  const model = tfl.model({
    inputs: input,
    outputs: batchNormalization({ splits: 2, scale: false }).apply(input) as tfl.SymbolicTensor,
  });
  apply(model, normal([4, 3], 1), true);
  const modelTopology = model.toJSON(undefined, false) as object;
  const again = await tfl.loadLayersModel(tf.io.fromMemory({ modelTopology }));
  again.setWeights(model.getWeights());
  expect((again.layers[1] as BatchNormalization).splits).toBe(2);
  for (const training of [false, true])
    expectClose(apply(again, normal([4, 3], 2), training), apply(model, normal([4, 3], 2), training));
});

test('has the weights of the stock layer, by name, order and shape', () => {
  const [ours, theirs] = [batchNormalization({ name: 'a' }), tfl.layers.batchNormalization({ name: 'b' })];
  for (const layer of [ours, theirs]) apply(layer, tf.ones([2, 3]), false);
  const list = (layer: tfl.layers.Layer) =>
    layer.weights.map(({ originalName, shape }) => [originalName.slice(2), shape]);
  expect(list(ours)).toEqual(list(theirs));
  expect(list(ours).map(([name]) => name)).toEqual(['gamma', 'beta', 'moving_mean', 'moving_variance']);
});

test('names what is wrong', () => {
  expect(() => batchNormalization({ splits: 0 })).toThrow(
    'Expected an integer of at least 1 for option splits, received 0.',
  );
  expect(() => batchNormalization({ momentum: 2 })).toThrow('option momentum, received 2.');
  expect(() => batchNormalization({ split: 2 } as object)).toThrow('for the options of batchNormalization(), received');
  const layer = batchNormalization({ splits: 2, name: 'odd' });
  expect(() => apply(layer, tf.ones([3, 2]), true)).toThrow(
    'Expected a multiple of splits = 2 for the batch of layer odd, received a float32 tensor of shape [3, 2].',
  );
});
