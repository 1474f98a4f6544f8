import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { memoryQueue, momentumEncoder, nonSemanticInfoNCE, sgd } from 'tfjs-nonsemantic-negatives';
import { type AccelerateArgs, accelerate, compileModel } from 'tfjs-nonsemantic-negatives/accelerate';
import { maxDifference, waves } from '../support/tensors';

declare const BACKEND: string;

/** A kernel that both TensorFlow.js and this package have. */
const kernel = BACKEND === 'wasm' ? 'Conv2DBackpropInput' : 'Conv2DBackpropFilter';

/** Two convolutions of one shape, and a third; with a pool whose windows hang over the border. */
function makeModel() {
  const convolution = (seed: number, strides: number) =>
    tfl.layers.conv2d({
      filters: 2,
      kernelSize: 3,
      strides,
      padding: 'same',
      activation: 'relu',
      kernelInitializer: tfl.initializers.glorotUniform({ seed }),
      ...(seed === 1 ? { inputShape: [5, 5, 2] } : {}),
    });
  const model = tfl.sequential({
    layers: [
      ...[1, 2].map((seed) => convolution(seed, 1)),
      convolution(3, 2),
      tfl.layers.batchNormalization(),
      tfl.layers.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
      tfl.layers.flatten(),
      tfl.layers.dense({
        units: 3,
        activation: 'softmax',
        kernelInitializer: tfl.initializers.glorotUniform({ seed: 4 }),
      }),
    ],
  });
  model.compile({ optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }), loss: 'categoricalCrossentropy' });
  return model;
}

const makeBatch = () => ({
  xs: tf.tensor(waves(3 * 50), [3, 5, 5, 2]),
  ys: tf.oneHot(tf.tensor1d([0, 1, 2], 'int32'), 3),
});

/** Trains for a few steps and returns the losses. */
async function train(model: tfl.LayersModel): Promise<number[]> {
  const { xs, ys } = makeBatch();
  const losses: number[] = [];
  for (let step = 0; step < 3; step++) losses.push((await model.trainOnBatch(xs, ys)) as number);
  return losses;
}

/** How often the stock kernel ran, and what each run adds to the clock, which advances by 20 at every look. */
const stock = { runs: 0, cost: 0, factor: 1 };
let clock = 0;
let registered: tf.KernelConfig;

beforeEach(async () => {
  (await accelerate()).restore();
  Object.assign(stock, { runs: 0, cost: 0, factor: 1 });
  jest.spyOn(performance, 'now').mockImplementation(() => {
    clock += 20;
    return clock;
  });
  registered = tf.getKernel(kernel, BACKEND);
  replace({
    ...registered,
    kernelFunc: (call) => {
      stock.runs++;
      clock += stock.cost;
      const result = registered.kernelFunc(call) as tf.TensorInfo;
      return stock.factor === 1 ? result : tf.mul(tf.engine().makeTensorFromTensorInfo(result), stock.factor);
    },
  });
});

afterEach(async () => {
  (await accelerate()).restore();
  jest.restoreAllMocks();
  replace(registered);
});

afterAll(async () => {
  if (BACKEND === 'wasm') await accelerate();
});

function replace(config: tf.KernelConfig) {
  tf.unregisterKernel(kernel, BACKEND);
  tf.registerKernel(config);
}

const tuneTo = async (way: 'stock' | 'accelerated', model = makeModel() as tfl.LayersModel) => {
  stock.cost = way === 'stock' ? -10 : 100;
  return accelerate({ tune: { model, batch: makeBatch() } });
};

test('each shape of a kernel is timed once, and keeps the faster one', async () => {
  for (const way of ['stock', 'accelerated'] as const) {
    const { tuning, restore } = await tuneTo(way);
    const timings = tuning.timings.filter((timing) => timing.kernel === kernel);
    expect(new Set(timings.map(({ shapes }) => shapes)).size).toBe(2);
    for (const { chosen, stockMs, acceleratedMs } of timings) {
      expect(chosen).toBe(way);
      expect(stockMs! < acceleratedMs!).toBe(way === 'stock');
    }
    expect(timings.map(({ count }) => count)).toEqual(expect.arrayContaining([1]));
    stock.runs = 0;
    await train(makeModel());
    expect(stock.runs > 0).toBe(way === 'stock');
    restore();
  }
});

test('a model learns the same whatever is chosen', async () => {
  await accelerate();
  const expected = await train(makeModel());
  for (const way of ['stock', 'accelerated'] as const) {
    const { restore } = await tuneTo(way);
    expect(maxDifference(await train(makeModel()), expected)).toBeLessThan(1e-5);
    restore();
  }
  expect(expected[2]).toBeLessThan(expected[0]);
});

test('shapes that were not measured are accelerated', async () => {
  await tuneTo('stock');
  const model = makeModel();
  stock.runs = 0;
  const [xs, ys] = [tf.ones([2, 5, 5, 2]), tf.ones([2, 3])];
  await model.trainOnBatch(xs, ys);
  expect(stock.runs).toBe(0);
});

test('choices survive JSON, and are used without measuring', async () => {
  const { tuning, restore } = await tuneTo('stock');
  restore();
  const choices = JSON.parse(JSON.stringify(tuning.choices));
  const looks = jest.spyOn(performance, 'now').mockClear();
  await accelerate({ choices });
  expect(looks).not.toHaveBeenCalled();
  stock.runs = 0;
  await train(makeModel());
  const { runs } = stock;
  expect(runs).toBeGreaterThan(0);
  // What has a choice is not measured anew: the stock kernel ran in one more step.
  const again = await accelerate({ tune: { model: makeModel(), batch: makeBatch() }, choices });
  expect(again.tuning.timings).toEqual([]);
  expect(again.tuning.choices).toEqual(tuning.choices);
  expect(stock.runs).toBe(runs + runs / 3);
});

test('a stock kernel that computes something else is not kept, however fast', async () => {
  stock.factor = 1.01;
  const { tuning } = await tuneTo('stock');
  const timings = tuning.timings.filter((timing) => timing.kernel === kernel);
  expect(timings.length).toBeGreaterThan(0);
  for (const timing of timings) expect(timing).toMatchObject({ chosen: 'accelerated', reason: 'results differ' });
  expect(tuning.description).toContain('accelerated (results differ)');
});

test('kernels whose stock version is wrong for some input are not up for choice', async () => {
  const { tuning } = await accelerate({ tune: { model: makeModel(), batch: 2 } });
  const wrong = { cpu: ['AvgPoolGrad'], wasm: ['AvgPoolGrad', 'Conv2D'], webgl: ['FusedBatchNorm gradient'] }[BACKEND];
  const measured = tuning.timings.map((timing) => timing.kernel);
  expect(measured.filter((name) => wrong?.includes(name))).toEqual([]);
});

test('tuning changes no weight, leaves no tensor, and does not count as a step', async () => {
  await accelerate();
  const encoder = tfl.sequential({
    layers: [
      tfl.layers.conv2d({ inputShape: [6, 6, 3], filters: 4, kernelSize: 3 }),
      tfl.layers.batchNormalization(),
      tfl.layers.flatten(),
      tfl.layers.dense({ units: 4 }),
    ],
  });
  const inputs = ['query', 'key', 'negative_0'].map((name) => tfl.input({ name, shape: [6, 6, 3] }));
  const embeddings = momentumEncoder({ encoder, momentum: 0.5 }).apply(inputs) as tfl.SymbolicTensor;
  const model = tfl.model({ inputs, outputs: memoryQueue({ size: 8 }).apply(embeddings) as tfl.SymbolicTensor });
  model.compile({ optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }), loss: nonSemanticInfoNCE() });
  const values = () => Promise.all(model.getWeights().map((weight) => weight.data()));
  const before = await values();
  const image = tf.tensor(waves(2 * 108), [2, 6, 6, 3]);
  // As an element of a dataset, its inputs by name in any order.
  const batch = { xs: { key: image, negative_0: image, query: image }, ys: tf.zeros([2, 1]) };
  const { numTensors } = tf.memory();
  await accelerate({ tune: { model, batch } });
  await accelerate({ tune: { model, batch: 3 } });
  expect(tf.memory().numTensors).toBe(numTensors);
  expect(await values()).toEqual(before);
  expect((model.optimizer as unknown as { iterations: number }).iterations).toBe(0);
});

test('a model that compileModel has taken over is tuned too', async () => {
  await accelerate();
  const model = makeModel();
  const { restore } = await compileModel(model);
  const { tuning } = await tuneTo('accelerated', model);
  expect(tuning.timings.length).toBeGreaterThan(0);
  expect((await train(model)).every(Number.isFinite)).toBe(true);
  restore();
});

test('a call without options stays what it was', async () => {
  const acceleration = await accelerate();
  expect(await accelerate({})).toBe(acceleration);
  expect(acceleration).not.toHaveProperty('tuning');
  expect(performance.now).not.toHaveBeenCalled();
});

const flatten = () => tfl.sequential({ layers: [tfl.layers.flatten({ inputShape: [2, 2] })] });

test.each<[name: string, args: () => unknown, message: string]>([
  [
    'an unknown option',
    () => ({ tunes: {} }),
    'some of tune, choices for the options of accelerate(), received "tunes". Did you mean tune?',
  ],
  [
    'no batch',
    () => ({ tune: { model: makeModel() } }),
    'a batch { xs, ys } or its number of rows for option batch, received undefined.',
  ],
  [
    'an empty batch',
    () => ({ tune: { model: makeModel(), batch: 0 } }),
    'an integer of at least 1 for option batch, received 0.',
  ],
  ['what is no model', () => ({ tune: { model: {}, batch: 1 } }), 'a tf.LayersModel for option model, received {}.'],
  [
    'a model that was not compiled',
    () => ({ tune: { model: flatten(), batch: 1 } }),
    'a model that was compiled for option model, received one without an optimizer.',
  ],
  ['a list of choices', () => ({ choices: [] }), 'the choices of a tuning for option choices, received [].'],
  [
    'choices of unknown ways',
    () => ({ choices: { backend: BACKEND, calls: { a: 1 } } }),
    'the choices of a tuning for option choices, received {',
  ],
  [
    'choices of another backend',
    () => ({ choices: { backend: 'abacus', calls: {} } }),
    `choices for the backend "${BACKEND}" for option choices, received "abacus".`,
  ],
])('refuses %s', async (_, args, message) => {
  await expect(accelerate(args() as AccelerateArgs)).rejects.toThrow(`Expected ${message}`);
});

test('refuses tensors that the model does not take', async () => {
  const { xs } = makeBatch();
  await expect(accelerate({ tune: { model: makeModel(), batch: { xs: [xs, xs], ys: xs } } })).rejects.toThrow(
    /^Expected tensors for conv2d_\S+ for xs of option batch, received \[/,
  );
});
