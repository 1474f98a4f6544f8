import * as tf from '@tensorflow/tfjs-core';
import * as tfd from '@tensorflow/tfjs-data';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  ArgumentError,
  nonSemanticInfoNCE,
  sgd,
  TrainingAlarm,
  type TrainingAlarmsArgs,
  trainingAlarms,
} from 'tfjs-nonsemantic-negatives';
import { contrastive, convolutional, inputsOf, mlp, trainStep } from '../layers/support';
import { countReads, maxDifference } from '../support/tensors';

const nowhere = { minSpread: 0, maxGradientGrowth: 0 };
const optimizerAt = (steps: number) => {
  const optimizer = sgd({ learningRate: 0.5 });
  const x = tf.variable(tf.scalar(0));
  for (let i = 0; i < steps; i++) optimizer.applyGradients([{ name: x.name, tensor: tf.scalar(0) }]);
  return { optimizer, x };
};

describe('the loss', () => {
  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'of %d stops the training',
    async (bad) => {
      const { optimizer } = optimizerAt(3);
      const alarms = trainingAlarms({ ...nowhere, every: 1, optimizer, lastCheckpoint: () => 'runs/step-2' });
      await alarms.afterStep({ loss: tf.scalar(1e30) });
      const error = await alarms.afterStep({ loss: tf.scalar(bad) }).catch((thrown) => thrown);
      expect(error).toBeInstanceOf(TrainingAlarm);
      expect(error).toMatchObject({ kind: 'loss', step: 3, learningRate: 0.5, checkpoint: 'runs/step-2' });
      expect(error.message).toBe(
        `The loss is ${bad} at step 3, learning rate 0.5; the last good checkpoint is runs/step-2. ` +
          'Try a lower learning rate, a warm-up or clipNorm, and look for NaN in the images.',
      );
    },
  );

  test('is checked every n steps only', async () => {
    const { optimizer, x } = optimizerAt(0);
    const seen: TrainingAlarm[] = [];
    const alarms = trainingAlarms({
      ...nowhere,
      every: 3,
      optimizer,
      action: 'warn',
      onAlarm: (alarm) => seen.push(alarm),
    });
    for (let i = 0; i < 9; i++) {
      optimizer.applyGradients([{ name: x.name, tensor: tf.scalar(0) }]);
      await alarms.afterStep({ loss: Number.NaN });
    }
    expect(seen.map(({ step }) => step)).toEqual([3, 6, 9]);
  });
});

describe('the gradient norm', () => {
  const grow = async (args: TrainingAlarmsArgs, norms: number[]) => {
    const { optimizer, x } = optimizerAt(0);
    const y = tf.variable(tf.scalar(0));
    const alarms = trainingAlarms({ minSpread: 0, every: 1, optimizer, ...args });
    for (const norm of norms) {
      const gradients = [
        { name: x.name, tensor: tf.scalar(0.6 * norm) },
        { name: y.name, tensor: tf.scalar(0.8 * norm) },
      ];
      optimizer.applyGradients(gradients);
      await alarms.afterStep({ loss: 0 });
    }
    alarms.close();
  };

  test('stops the training when it grows beyond a multiple of its median', async () => {
    const usual = [1, 2, 3, 4, 5];
    await expect(grow({}, [...usual, 299])).resolves.toBeUndefined();
    await expect(grow({}, [...usual, 301])).rejects.toThrow(
      /^The gradient norm is 30[01].* \(median so far: 3\) at step 6, .* Try .*clipNorm/,
    );
    await expect(grow({ maxGradientGrowth: 10 }, [...usual, 31])).rejects.toThrow(TrainingAlarm);
    await expect(grow({ maxGradientGrowth: 0 }, [...usual, 1e9])).resolves.toBeUndefined();
  });

  test('stops it at once when it is NaN, and never for its size in the first looks', async () => {
    await expect(grow({}, [Number.NaN])).rejects.toMatchObject({ kind: 'gradient', step: 1 });
    await expect(grow({}, [1, 1, 1, 1e6])).resolves.toBeUndefined();
  });

  test('is no longer watched once closed, and leaves no tensor', async () => {
    const { optimizer, x } = optimizerAt(0);
    const apply = optimizer.applyGradients;
    const alarms = trainingAlarms({ every: 1, optimizer });
    const gradient = tf.scalar(1);
    const before = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) optimizer.applyGradients([{ name: x.name, tensor: gradient }]);
    alarms.close();
    expect(tf.memory().numTensors).toBe(before);
    expect(optimizer.applyGradients).toBe(apply);
  });
});

describe('embeddings', () => {
  const look = (embeddings: tf.Tensor2D, minSpread?: number) =>
    trainingAlarms({
      minSpread,
      maxGradientGrowth: 0,
      optimizer: sgd({ learningRate: 1 }),
      embeddings: () => embeddings,
    }).afterStep({ loss: 0 });
  const near = (spread: number) =>
    tf.add(1, tf.mul(spread, tf.randomNormal([64, 8], 0, 1, 'float32', 7))) as tf.Tensor2D;

  test('that collapse to a point stop the training, spread ones do not', async () => {
    await expect(look(tf.ones([8, 4]))).rejects.toMatchObject({ kind: 'collapse' });
    await expect(look(near(0.001))).rejects.toThrow('The embeddings have collapsed');
    await expect(look(near(1))).resolves.toBeUndefined();
    await expect(look(near(1), 0.99)).rejects.toThrow('The embeddings have collapsed');
    await expect(look(tf.ones([8, 4]), 0)).resolves.toBeUndefined();
  });

  test('that are NaN or infinite stop it too, and each alarm names what to try', async () => {
    await expect(look(tf.mul(near(1), Number.NaN))).rejects.toMatchObject({ kind: 'embeddings' });
    await expect(look(tf.mul(near(1), Number.NaN))).rejects.toThrow(
      'The embeddings are not finite, their spread is NaN,',
    );
    await expect(look(tf.fill([8, 4], Number.POSITIVE_INFINITY))).rejects.toMatchObject({ kind: 'embeddings' });
    await expect(look(tf.ones([8, 4]))).rejects.toThrow('Try a lower alpha, clipNorm');
  });

  test('that cannot be found cause one warning', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
    const alarms = trainingAlarms({ every: 1, maxGradientGrowth: 0, optimizer: sgd({ learningRate: 1 }) });
    for (let i = 0; i < 3; i++) await alarms.afterStep({ loss: 0 });
    expect(warn.mock.calls).toEqual([
      ['trainingAlarms() cannot see a collapse: the model has no memoryQueue. Set option embeddings, or minSpread: 0.'],
    ]);
    warn.mockRestore();
  });

  test('are found in a queue of another copy of this package', async () => {
    const { model, queue } = contrastive(mlp(), { size: 6 });
    class OtherQueue {
      name = 'queue';
      size = 6;
      trainableWeights = [];
      nonTrainableWeights = [];
      getClassName = () => 'NonSemanticMemoryQueue';
      newest = () => tf.ones([6, 4]);
    }
    const layers = model.layers.map((layer) => (layer === queue ? new OtherQueue() : layer));
    Object.defineProperty(model, 'layers', { value: layers });
    const alarms = trainingAlarms({ every: 1, maxGradientGrowth: 0, model, optimizer: sgd({ learningRate: 1 }) });
    await expect(alarms.afterStep({ loss: 0 })).rejects.toMatchObject({ kind: 'collapse' });
  });

  test('that collapse without batch normalization are to be normalized', async () => {
    for (const [encoder, cure] of [
      [mlp(), 'let contrastiveModel() normalize the output'],
      [convolutional(), 'Try a lower alpha, clipNorm'],
    ] as const) {
      const { model, queue } = contrastive(encoder, { size: 6 });
      queue.setWeights([tf.ones([6, 4]), tf.scalar(2, 'int32')]);
      const alarms = trainingAlarms({ every: 1, maxGradientGrowth: 0, model, optimizer: sgd({ learningRate: 1 }) });
      await expect(alarms.afterStep({ loss: 0 })).rejects.toThrow(cure);
    }
  });

  test('are by default the newest keys of the model’s queue', async () => {
    const made = contrastive(mlp(), { size: 6 });
    const optimizer = sgd({ learningRate: 0.01 });
    const alarms = trainingAlarms({ every: 1, model: made.model, optimizer });
    trainStep(made, optimizer, nonSemanticInfoNCE());
    await alarms.afterStep({ loss: 0 });
    const keys = made.queue.newest(4).arraySync();
    const rows = tf.tidy(() => (made.layer.call(inputsOf(made), {}) as tf.Tensor3D).arraySync()).map((row) => row[1]);
    expect(maxDifference(keys.flat(), rows.flat())).toBeLessThan(1e-5);
    trainStep(made, optimizer, nonSemanticInfoNCE(), 1);
    expect(made.queue.newest(6).arraySync().slice(0, 2)).toEqual(keys.slice(2));
    made.queue.setWeights([tf.ones([6, 4]), tf.scalar(2, 'int32')]);
    await expect(alarms.afterStep({ loss: 0 })).rejects.toMatchObject({ kind: 'collapse', step: 2 });
  });
});

describe('a loss above log(1 + K)', () => {
  /** Whether some look of a model with a queue of 6, log(1 + K) = 1.946, raises an alarm; its embeddings are spread. */
  const alarmAt = async (losses: number[], args: TrainingAlarmsArgs = {}) => {
    const { model } = contrastive(mlp(), { size: 6 });
    const alarms = trainingAlarms({
      every: 1,
      maxGradientGrowth: 0,
      model,
      optimizer: sgd({ learningRate: 1 }),
      ...args,
    });
    for (const [look, loss] of losses.entries()) {
      const error = await alarms.afterStep({ loss }).catch((thrown) => thrown);
      if (error) return { look, error };
    }
    return undefined;
  };
  const high = Array(6).fill(2.5);

  test('is a collapse once it was below, at the fifth look in a row', async () => {
    const alarm = await alarmAt([1.9, ...high]);
    expect(alarm).toMatchObject({ look: 5, error: { kind: 'collapse' } });
    expect(alarm?.error.message).toContain('The loss is 2.50, above the 1.95 of embeddings all alike');
    expect(await alarmAt([1.9, 2.5, 2.5, 2.5, 2.5, 2.4, 2.5, 2.5])).toBeUndefined();
  });

  test('is none at the start of a training, within the margin, or where collapses are not looked for', async () => {
    expect(await alarmAt([2, ...high])).toBeUndefined();
    expect(await alarmAt([1.9, ...Array(9).fill(2.44)])).toBeUndefined();
    expect(await alarmAt([1.9, ...high], { minSpread: 0 })).toBeUndefined();
  });
});

describe('in fitDataset', () => {
  const fit = async (args: TrainingAlarmsArgs, lastLabel = 0) => {
    const model = tfl.sequential({ layers: [tfl.layers.dense({ units: 1, inputShape: [2] })] });
    model.compile({ optimizer: sgd({ learningRate: 0.01 }), loss: 'meanSquaredError' });
    const data = tfd
      .array([0, 0, 0, lastLabel])
      .map((label) => ({ xs: tf.ones([2, 2]), ys: tf.fill([2, 1], label as number) }));
    const callbacks = trainingAlarms({ every: 2, minSpread: 0, ...args }) as never;
    await model.fitDataset(data as tfd.Dataset<tf.TensorContainer>, { epochs: 1, verbose: 0, callbacks });
    return model;
  };

  test('a sound training runs through, and a NaN ends it at the next look', async () => {
    await expect(fit({})).resolves.toBeDefined();
    await expect(fit({}, Number.NaN)).rejects.toMatchObject({ kind: 'loss', step: 4, learningRate: 0.01 });
  });

  test('with action warn the training continues with a warning', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
    await fit({ action: 'warn' }, Number.NaN);
    expect(warn).toHaveBeenCalledWith(
      expect.stringMatching(/^The loss is NaN at step 4, learning rate 0.01; nothing is saved. Try /),
    );
    warn.mockRestore();
  });
});

test('reads nothing from the device between two looks', () => {
  const { optimizer, x } = optimizerAt(0);
  const gradient = tf.scalar(1);
  const alarms = trainingAlarms({ every: 3, optimizer });
  const step = () => {
    optimizer.applyGradients([{ name: x.name, tensor: gradient }]);
    void alarms.afterStep({ loss: gradient });
  };
  expect([1, 2, 3].map(() => countReads(step) > 0)).toEqual([false, false, true]);
  alarms.close();
});

test('bad options throw', () => {
  const make = (args: object) => () => trainingAlarms(args as TrainingAlarmsArgs);
  expect(make({ every: 0 })).toThrow(ArgumentError);
  expect(make({ action: 'exit' })).toThrow('Expected one of "stop", "warn" for option action, received "exit".');
  expect(make({ minSpread: 2 })).toThrow('for option minSpread, received 2.');
  expect(make({ maxGradientGrowth: -1 })).toThrow('for option maxGradientGrowth, received -1.');
  expect(make({ onAlarm: 'log' })).toThrow('for option onAlarm, received "log".');
  expect(make({ clip: 1 })).toThrow('received "clip".');
});
