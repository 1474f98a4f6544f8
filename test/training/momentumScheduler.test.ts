import * as tf from '@tensorflow/tfjs-core';
import * as tfd from '@tensorflow/tfjs-data';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  cosineSchedule,
  momentumScheduler,
  nonSemanticByol,
  nonSemanticInfoNCE,
  type Schedule,
  type SchedulerArgs,
  sgd,
} from 'tfjs-nonsemantic-negatives';
import { MovingAverage } from '../../src/layers/models/movingAverage';
import { batches, byolModel } from '../layers/byolSupport';
import { contrastive, mlp } from '../layers/support';
import { roundTrip } from '../support/roundTrip';

interface Moving {
  momentum: number;
}

const models: [string, () => { model: tfl.LayersModel }][] = [
  [
    'momentumEncoder',
    () => {
      const made = contrastive(mlp());
      made.model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: nonSemanticInfoNCE() });
      return made;
    },
  ],
  [
    'byol',
    () => {
      const made = byolModel();
      made.model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: nonSemanticByol() });
      return made;
    },
  ],
];

/** Two batches an epoch. */
function fit(model: tfl.LayersModel, callback: tfl.Callback, epochs: number, initialEpoch = 0) {
  const xs = Object.fromEntries(batches({ model } as never).map((x, i) => [model.inputNames[i], x]));
  const data = tfd.array([0, 1]).map(() => ({ xs: tf.tidy(() => clone(xs)), ys: tf.zeros([4, 1]) }));
  const callbacks = [callback] as never;
  return model.fitDataset(data as tfd.Dataset<tf.TensorContainer>, { epochs, initialEpoch, callbacks, verbose: 0 });
}

const clone = (xs: { [name: string]: tf.Tensor }) =>
  Object.fromEntries(Object.entries(xs).map(([name, x]) => [name, tf.clone(x)]));

describe.each(models)('of a model with %s', (className, make) => {
  test.each<['epoch' | 'step' | undefined, number[]]>([
    ['epoch', [0, 0, 1, 1, 2, 2]],
    ['step', [0, 1, 2, 3, 4, 5]],
    [undefined, [0, 1, 2, 3, 4, 5]],
  ])('the %s uses its scheduled momentum', async (by, times) => {
    const { model } = make();
    const update = jest.spyOn(MovingAverage.prototype, 'update');
    const schedule = (time: number) => 0.5 + time / 20;
    await fit(model, momentumScheduler(schedule, { by }), 3);
    expect(update.mock.calls.flat()).toEqual(times.map(schedule));
    update.mockRestore();
  });

  test('continues after loading: by step at the optimizer’s count, by epoch at initialEpoch', async () => {
    const { model } = make();
    const schedule = cosineSchedule({ from: 0.5, to: 1, steps: 8 });
    await fit(model, momentumScheduler(schedule), 1);
    const loaded = await roundTrip(model, { includeOptimizer: true });
    const layer = loaded.layers.find((one) => 'momentum' in one) as unknown as Moving;
    expect(layer.momentum).toBe(schedule(1));
    const loss = className === 'byol' ? nonSemanticByol() : nonSemanticInfoNCE();
    loaded.compile({ optimizer: loaded.optimizer, loss });
    await fit(loaded, momentumScheduler(schedule), 2, 1);
    expect(layer.momentum).toBe(schedule(3));
    await fit(loaded, momentumScheduler(schedule, { by: 'epoch' }), 7, 6);
    expect(layer.momentum).toBe(schedule(6));
  });
});

test.each<[string, unknown, object | undefined, string]>([
  ['no schedule', undefined, undefined, 'Expected a function for option schedule, received undefined.'],
  ['another unit', () => 1, { by: 'hour' }, 'Expected one of "step", "epoch" for option by, received "hour".'],
  ['a misspelled option', () => 1, { every: 1 }, 'for the options of momentumScheduler(), received "every".'],
])('error: %s', (_, schedule, args, message) => {
  expect(() => momentumScheduler(schedule as Schedule, args as SchedulerArgs)).toThrow(message);
});

test('layers of another copy of this package count too', async () => {
  const { model } = models[0][1]();
  const other = { getClassName: () => 'NonSemanticByol', momentum: 0 };
  Object.defineProperty(model, 'layers', { value: [...model.layers, other] });
  const callback = momentumScheduler(() => 0.75);
  callback.setModel(model);
  await callback.onBatchBegin();
  expect(other.momentum).toBe(0.75);
});

test('errors of training: a momentum above 1, and a model without such a layer', async () => {
  const { model } = models[0][1]();
  const above = momentumScheduler(() => 1.5);
  above.setModel(model);
  await expect(above.onBatchBegin()).rejects.toThrow('received 1.5.');
  const dense = tfl.sequential({ layers: [tfl.layers.dense({ units: 1, inputShape: [2] })] });
  dense.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: 'meanSquaredError' });
  const callback = momentumScheduler(() => 1);
  callback.setModel(dense);
  await expect(callback.onBatchBegin()).rejects.toThrow('Expected a momentumEncoder or byol layer');
});
