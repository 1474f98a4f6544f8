import * as tf from '@tensorflow/tfjs-core';
import * as tfd from '@tensorflow/tfjs-data';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  type LearningRateScheduler,
  learningRateScheduler,
  type MetricHistory,
  metricHistory,
  momentumScheduler,
  nonSemanticInfoNCE,
  type SimilarityStatistics,
  sgd,
  similarityStatistics,
  TrainingAlarm,
  trainingAlarms,
} from 'tfjs-nonsemantic-negatives';
import { type Contrastive, contrastive, inputsOf, mlp } from '../layers/support';

/** Two epochs of two batches. */
const steps = 4;

interface Own {
  make(): tfl.Callback;
  /** Whether it did its work. */
  check(callback: never, made: Contrastive): void;
}

const own: { [name: string]: Own } = {
  learningRateScheduler: {
    make: () => learningRateScheduler((step) => 0.01 * (step + 1)),
    check: (_: LearningRateScheduler, { model }) =>
      expect((model.optimizer as tf.Optimizer & { learningRate: number }).learningRate).toBe(0.01 * steps),
  },
  momentumScheduler: {
    make: () => momentumScheduler((step) => 0.5 + step / 100),
    check: (_, { layer }) => expect(layer.momentum).toBe(0.5 + (steps - 1) / 100),
  },
  metricHistory: {
    make: () => metricHistory({ every: 1 }),
    check: ({ records }: MetricHistory) => {
      expect(records.map(({ step, epoch }) => [step, epoch])).toEqual([
        [1, 0],
        [2, 0],
        [3, 1],
        [4, 1],
      ]);
      expect(records.every(({ loss }) => loss > 0)).toBe(true);
    },
  },
  similarityStatistics: {
    make: () => similarityStatistics({ every: 2 }),
    check: ({ records }: SimilarityStatistics) => {
      expect(records.map(({ step }) => step)).toEqual([2, 4]);
      expect(records[0].rows.map(({ kind }) => kind)).toEqual(['key', 'queue', 'negative_0']);
    },
  },
  trainingAlarms: {
    // A spread that no training reaches: the last step raises.
    make: () => trainingAlarms({ every: steps, minSpread: 1, action: 'warn', onAlarm: (alarm) => alarms.push(alarm) }),
    check: () => expect(alarms.map(({ kind, step }) => [kind, step])).toEqual([['collapse', steps]]),
  },
};
let alarms: TrainingAlarm[] = [];

/** What others hand to `callbacks`, and the hooks that must have been called, with the loss as a number or a tensor. */
let seen: string[] = [];
const note = (name: string) => seen.push(name);

class Subclass extends tfl.Callback {
  private count = 0;
  override async onEpochEnd(_epoch: number, logs?: tfl.Logs): Promise<void> {
    if (logs?.loss !== undefined && this.model) note(`onEpochEnd ${++this.count}`);
  }
}

const others: { [name: string]: () => object } = {
  'plain object': () => ({
    onEpochEnd: async (epoch: number, logs: tfl.Logs) => {
      if (typeof logs.loss === 'number') note(`onEpochEnd ${epoch + 1}`);
    },
  }),
  // As tfvis.show.fitCallbacks makes it: functions of a closure, by the names that were asked for.
  'tfvis-like': () =>
    Object.fromEntries(
      ['onEpochEnd', 'onBatchEnd'].map((name) => [
        name,
        async (i: number, logs: tfl.Logs) => {
          if (name === 'onEpochEnd' && typeof logs.loss === 'number') note(`onEpochEnd ${i + 1}`);
        },
      ]),
    ),
  'tf.CustomCallback': () =>
    new tfl.CustomCallback({
      onEpochEnd: (epoch) => {
        note(`onEpochEnd ${epoch + 1}`);
      },
    }),
  'tf.Callback': () => new Subclass(),
  earlyStopping: () => {
    const stopping = tfl.callbacks.earlyStopping({ monitor: 'loss', patience: 9 });
    const onEpochEnd = stopping.onEpochEnd.bind(stopping);
    stopping.onEpochEnd = async (epoch, logs) => {
      await onEpochEnd(epoch, logs);
      note(`onEpochEnd ${epoch + 1}`);
    };
    return stopping;
  },
};

function compiled(): Contrastive {
  const made = contrastive(mlp());
  made.model.compile({ optimizer: sgd({ learningRate: 0.5 }), loss: nonSemanticInfoNCE() });
  return made;
}

const train: { [name: string]: (made: Contrastive, callbacks: object[]) => Promise<tfl.History> } = {
  fit: (made, callbacks) =>
    made.model.fit(inputsOf(made, 0, 8), tf.zeros([8, 10]), {
      ...{ epochs: 2, batchSize: 4, verbose: 0, shuffle: false },
      callbacks: callbacks as never,
    }),
  fitDataset: (made, callbacks) => {
    const data = tfd.array([0, 1]).map((step) => ({
      xs: Object.fromEntries(inputsOf(made, step as number).map((x, i) => [made.names[i], x])),
      ys: tf.zeros([4, 1]),
    }));
    return made.model.fitDataset(data as tfd.Dataset<tf.TensorContainer>, {
      ...{ epochs: 2, verbose: 0 },
      callbacks: callbacks as never,
    });
  },
};

beforeEach(() => {
  seen = [];
  alarms = [];
});

const cases = Object.keys(own).flatMap((name) =>
  Object.keys(others).flatMap((other) => Object.keys(train).map((method) => [name, other, method] as const)),
);

describe.each(cases)('%s beside %s in %s', (name, other, method) => {
  test.each<[string, (mine: tfl.Callback, theirs: object) => object[]]>([
    ['first', (mine, theirs) => [mine, theirs]],
    ['last', (mine, theirs) => [theirs, mine]],
  ])('works as the %s', async (_, order) => {
    const made = compiled();
    const mine = own[name].make();
    const history = await train[method](made, order(mine, others[other]()));
    own[name].check(mine as never, made);
    expect(seen).toEqual(['onEpochEnd 1', 'onEpochEnd 2']);
    expect(history.history.loss).toHaveLength(2);
  });
});

test.each(Object.keys(train))(
  'all of them work together in %s, from a plain object to a tf.Callback',
  async (method) => {
    const made = compiled();
    const mine = Object.values(own).map(({ make }) => make());
    await train[method](made, [others['plain object'](), ...mine, others['tfvis-like']()]);
    Object.values(own).forEach(({ check }, i) => {
      check(mine[i] as never, made);
    });
    expect(seen).toHaveLength(4);
  },
);

test('two trainings at once keep their callbacks apart', async () => {
  const trainings = [0.01, 0.02].map((rate) => ({ rate, made: compiled() }));
  await Promise.all(
    trainings.map(({ rate, made }) =>
      train.fitDataset(made, [others['plain object'](), learningRateScheduler(() => rate)]),
    ),
  );
  expect(
    trainings.map(({ made }) => (made.model.optimizer as tf.Optimizer & { learningRate: number }).learningRate),
  ).toEqual([0.01, 0.02]);
});

test('an error of a callback ends the training in every order', async () => {
  for (const order of [(a: object, b: object) => [a, b], (a: object, b: object) => [b, a]]) {
    const callbacks = order(trainingAlarms({ every: 1, minSpread: 1 }), others['plain object']());
    await expect(train.fitDataset(compiled(), callbacks)).rejects.toThrow(TrainingAlarm);
  }
});

describe('unsupported combinations are refused by name', () => {
  test.each(['tf.Callback', 'tf.CustomCallback', 'earlyStopping'])(
    'a plain object before %s, which would lose its own object',
    async (other) => {
      const made = compiled();
      const stopping = other === 'earlyStopping' ? tfl.callbacks.earlyStopping({ monitor: 'loss' }) : others[other]();
      const callbacks = [others['plain object'](), stopping, learningRateScheduler(() => 1)];
      await expect(train.fitDataset(made, callbacks)).rejects.toThrow(
        'Expected a tf.Callback, as a later one is for the first of callbacks, received a plain object. ' +
          'TensorFlow.js would call the later one without its object. Put a tf.Callback first, such as one of this package.',
      );
      // The line that helps.
      await train.fitDataset(compiled(), [callbacks[2], callbacks[1], callbacks[0]]);
      expect(seen).toContain('onEpochEnd 2');
    },
  );

  test('a model of another copy of tfjs-layers, or none', async () => {
    class LayersModel {}
    expect(() => metricHistory().setModel(new LayersModel() as tfl.LayersModel)).toThrow(
      'Expected a model of the tfjs-layers that this package imports for the model of metricHistory(), received an object of class LayersModel. Does the program load two copies of tfjs',
    );
    await expect(learningRateScheduler(() => 1).onBatchBegin()).rejects.toThrow(
      'for the model of learningRateScheduler(), received null.',
    );
  });
});

test('lists without a callback of this package are left to tfjs', async () => {
  await expect(train.fitDataset(compiled(), [new Subclass(), others['plain object']()])).rejects.toThrow(
    'callback.setParams is not a function',
  );
});
