import * as tf from '@tensorflow/tfjs-core';
import * as tfd from '@tensorflow/tfjs-data';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  ArgumentError,
  cosineSchedule,
  learningRateScheduler,
  type MetricHistoryArgs,
  type MetricRecord,
  metricHistory,
  type Schedule,
  setLearningRate,
  sgd,
  stepDecay,
} from 'tfjs-nonsemantic-negatives';
import { waves } from '../support/tensors';

function linearModel(optimizer: tf.Optimizer): tfl.LayersModel {
  const model = tfl.sequential({
    layers: [tfl.layers.dense({ units: 1, inputShape: [2], kernelInitializer: 'zeros' })],
  });
  model.compile({ optimizer, loss: 'meanSquaredError', metrics: ['mae'] });
  return model;
}

/** Three batches an epoch. */
const dataset = () =>
  tfd.array([0, 1, 2]).map((i) => ({ xs: tf.tensor2d(waves(4, 1, i as number), [2, 2]), ys: tf.zeros([2, 1]) }));

const fit = (model: tfl.LayersModel, callbacks: tfl.Callback[], epochs = 2, initialEpoch = 0) =>
  model.fitDataset(dataset(), { epochs, initialEpoch, callbacks: callbacks as never, verbose: 0 });

const optimizers: [string, () => tf.Optimizer][] = [
  ['sgd of this package', () => sgd({ learningRate: 9 })],
  ['tf.train.sgd', () => tf.train.sgd(9)],
  ['tf.train.momentum', () => tf.train.momentum(9, 0.5)],
  ['tf.train.adam', () => tf.train.adam(9)],
  ['tf.train.rmsprop', () => tf.train.rmsprop(9)],
];

describe.each(optimizers)('with %s', (_, make) => {
  test('setLearningRate has an effect on the next step', () => {
    const step = (learningRate?: number) => {
      const x = tf.variable(tf.scalar(1));
      const optimizer = make();
      if (learningRate !== undefined) setLearningRate(optimizer, learningRate);
      optimizer.minimize(() => tf.mul(x, 1) as tf.Scalar, false, [x]);
      return 1 - x.dataSync()[0];
    };
    expect(step(0)).toBe(0);
    expect(step(0.5) / step()).toBeCloseTo(0.5 / 9, 4);
  });

  test.each(['epoch', 'step'] as const)('the scheduler sets the rate by %s before it is used', async (by) => {
    const asked: number[] = [];
    const used: number[] = [];
    const optimizer = make() as tf.Optimizer & { learningRate: number };
    const apply = optimizer.applyGradients.bind(optimizer);
    optimizer.applyGradients = (gradients) => {
      used.push(optimizer.learningRate);
      apply(gradients);
    };
    const schedule: Schedule = (time) => {
      asked.push(time);
      return 0.1 / (1 + time);
    };
    await fit(linearModel(optimizer), [learningRateScheduler(schedule, { by })]);
    const times = by === 'epoch' ? [0, 0, 0, 1, 1, 1] : [0, 1, 2, 3, 4, 5];
    expect(asked).toEqual([...new Set(times)]);
    expect(used).toEqual(times.map((time) => 0.1 / (1 + time)));
  });
});

test('the scheduler continues where the run does: by epoch at initialEpoch, by step at the optimizer’s count', async () => {
  const asked: number[] = [];
  const schedule: Schedule = (time) => {
    asked.push(time);
    return 0.1;
  };
  const model = linearModel(sgd({ learningRate: 0.1 }));
  await fit(model, [learningRateScheduler(schedule, { by: 'epoch' })], 5, 3);
  await fit(model, [learningRateScheduler(schedule)], 1);
  expect(asked).toEqual([3, 4, 6, 7, 8]);
});

test('the scheduler uses the schedule’s own unit', async () => {
  const asked: [string, number][] = [];
  const note = (schedule: Schedule): Schedule =>
    Object.assign(
      (time: number) => {
        asked.push([schedule.unit as string, time]);
        return schedule(time);
      },
      { unit: schedule.unit },
    );
  const schedules = [cosineSchedule({ from: 0.1, steps: 3 }), stepDecay({ from: 0.1, at: [1] })].map(note);
  for (const schedule of schedules)
    await fit(linearModel(sgd({ learningRate: 0.1 })), [learningRateScheduler(schedule)], 1);
  expect(asked).toEqual([
    ['step', 0],
    ['step', 1],
    ['step', 2],
    ['epoch', 0],
  ]);
});

describe('metricHistory', () => {
  test.each([
    { every: 1, steps: [1, 2, 3, 4, 5, 6] },
    { every: 2, steps: [2, 4, 6] },
    { every: 4, steps: [4] },
    { every: undefined, steps: [] },
  ])('records steps $steps of six where every is $every', async ({ every, steps }) => {
    const shown: MetricRecord[] = [];
    const history = metricHistory({ every, onRecord: (record) => shown.push(record) });
    await fit(linearModel(sgd({ learningRate: 0.25 })), [history]);
    expect(history.records.map(({ step }) => step)).toEqual(steps);
    expect(shown).toEqual(history.records);
    for (const record of history.records) {
      expect(Object.keys(record).sort()).toEqual(['epoch', 'learningRate', 'loss', 'mae', 'step']);
      expect(record.epoch).toBe(record.step <= 3 ? 0 : 1);
      expect(record.learningRate).toBe(0.25);
      expect(Number.isFinite(record.loss)).toBe(true);
    }
  });

  test('records the loss of the step itself', async () => {
    const history = metricHistory({ every: 1 });
    const model = linearModel(sgd({ learningRate: 0 }));
    model.setWeights([tf.tensor2d([[1], [1]]), tf.tensor1d([0])]);
    await fit(model, [history], 1);
    const expected = [0, 1, 2].map((i) => {
      const [a, b, c, d] = waves(4, 1, i);
      return ((a + b) ** 2 + (c + d) ** 2) / 2;
    });
    history.records.forEach(({ loss }, i) => {
      expect(loss).toBeCloseTo(expected[i], 5);
    });
    expect(history.records).toHaveLength(3);
  });

  test('reads from the device only what it records', async () => {
    const readsOf = async (callbacks: tfl.Callback[]) => {
      const model = linearModel(sgd({ learningRate: 0.1 }));
      const read = jest.spyOn(tf.Tensor.prototype, 'data');
      await fit(model, callbacks);
      const count = read.mock.calls.length;
      read.mockRestore();
      return count;
    };
    const none = await readsOf([]);
    expect((await readsOf([learningRateScheduler(() => 0.1, { by: 'step' })])) - none).toBe(0);
    // Loss and one metric a record.
    expect((await readsOf([metricHistory({ every: 3 })])) - none).toBe(2 * 2);
    expect((await readsOf([metricHistory({ every: 100 })])) - none).toBe(0);
  });
});

describe('errors', () => {
  test('of the scheduler', () => {
    expect(() => learningRateScheduler(0.1 as unknown as Schedule)).toThrow(ArgumentError);
    expect(() => learningRateScheduler(0.1 as unknown as Schedule)).toThrow(
      'Expected a function for option schedule, received 0.1.',
    );
    expect(() => learningRateScheduler(() => 1, { by: 'batch' as 'step' })).toThrow(
      'Expected one of "step", "epoch" for option by, received "batch".',
    );
    expect(() => setLearningRate(tf.train.sgd(1), Number.NaN)).toThrow(
      'Expected a number of at least 0 for option learningRate, received NaN.',
    );
  });

  test('of the history', () => {
    expect(() => metricHistory({ every: 0 })).toThrow(
      'Expected an integer of at least 1 for option every, received 0.',
    );
    expect(() => metricHistory({ steps: 3 } as MetricHistoryArgs)).toThrow('received "steps".');
  });
});
