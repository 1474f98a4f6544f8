import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { ArgumentError, restoreTraining, sgd, trainingArtifacts } from 'tfjs-nonsemantic-negatives';
import {
  addCheckpoint,
  type Checkpoint,
  type CheckpointArgs,
  checkpoint,
  FileError,
  latestCheckpoint,
} from 'tfjs-nonsemantic-negatives/node';
import { temporaryFolder } from '../support/temporaryFolder';
import { makeTraining, stateBytes, type TrainingSettings } from '../support/training';

/** Ends the training after a number of steps, in the middle of an epoch. */
class StopAfter extends tfl.Callback {
  constructor(private readonly steps: number) {
    super();
  }
  override async onBatchEnd(): Promise<void> {
    const model = this.model as tfl.LayersModel;
    if ((model.optimizer as tf.Optimizer).iterations >= this.steps) model.stopTraining = true;
  }
}

/** Trains three epochs of four batches, in one go or on from where an earlier call stopped; returns the final bytes. */
async function fit(
  dir: string,
  { stopAt = 99, every = 2, ...settings }: TrainingSettings & { stopAt?: number; every?: number } = {},
) {
  const { model, dataset, elements } = makeTraining(settings);
  const saver = checkpoint({ dir, every, model, dataset });
  const { epoch, step } = await saver.resume();
  const callbacks = [new StopAfter(stopAt), saver] as never;
  await model.fitDataset(elements, { epochs: 3, initialEpoch: epoch, verbose: 0, callbacks });
  return { bytes: await stateBytes(model), from: step, saver };
}

/** Epochs and figures of a training on from where the folder's run stopped, with plain callbacks that read them. */
async function resumeWithHistory(
  dir: string,
  epochs: number,
  settings: TrainingSettings & { withoutDataset?: boolean } = {},
) {
  const { model, dataset, elements } = makeTraining(settings);
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  const saver = checkpoint({ dir, every: 2, model, dataset: settings.withoutDataset ? undefined : dataset, warn });
  const { epoch, batch } = await saver.resume();
  const losses: number[] = [];
  const log = {
    onEpochEnd: (_: number, logs?: tfl.Logs) => void losses.push(Number((logs!.loss as number).toFixed(9))),
  };
  const { epoch: ran, history } = await model.fitDataset(elements, {
    ...{ epochs, initialEpoch: epoch, verbose: 0 },
    callbacks: [log, saver] as never,
  });
  return { epoch, batch, ran, loss: history.loss ?? [], losses, warnings, step: model.optimizer.iterations };
}

const files = (dir: string) => readdirSync(dir).filter((name) => name !== 'lock');
const stepOf = async (dir: string) => (await latestCheckpoint(dir))?.step;

describe('a training in two runs equals one, to the bit', () => {
  let whole: string;
  beforeAll(async () => {
    whole = (await fit(temporaryFolder())).bytes;
  });

  test.each([1, 4, 6, 7, 11, 12])('stopped after step %i of 12', async (stopAt) => {
    const dir = temporaryFolder();
    await fit(dir, { stopAt });
    const { bytes, from } = await fit(dir);
    expect(from).toBe(stopAt);
    expect(bytes).toBe(whole);
  });

  test('with every transform, texture negatives too', async () => {
    const dir = temporaryFolder();
    await fit(dir, { texture: true, stopAt: 6 });
    const { bytes } = await fit(dir, { texture: true });
    expect(bytes).toBe((await fit(temporaryFolder(), { texture: true })).bytes);
  });

  test('in many runs', async () => {
    const dir = temporaryFolder();
    for (const stopAt of [1, 2, 5, 6, 9]) await fit(dir, { stopAt });
    expect((await fit(dir)).bytes).toBe(whole);
  });

  test('from the last checkpoint, where a run ended without a word', async () => {
    const dir = temporaryFolder();
    const { model, dataset, elements } = makeTraining();
    const saver = checkpoint({ dir, every: 3, model, dataset });
    class Crash extends tfl.Callback {
      override async onBatchBegin(): Promise<void> {
        if ((this.model as tfl.LayersModel).optimizer.iterations === 8) throw new Error('crash');
      }
    }
    const fitting = model.fitDataset(elements, { epochs: 3, verbose: 0, callbacks: [saver, new Crash()] as never });
    await expect(fitting).rejects.toThrow('crash');
    await saver.close();
    const { bytes, from } = await fit(dir);
    expect(from).toBe(6);
    expect(bytes).toBe(whole);
  });

  test('in a custom loop', async () => {
    const dir = temporaryFolder();
    const loop = async (steps: number) => {
      const { model, dataset, elements } = makeTraining();
      const saver = checkpoint({ dir, every: 1, model, dataset });
      let { epoch } = await saver.resume();
      const optimizer = model.optimizer as tf.Optimizer;
      const loss = model.loss as unknown as (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Scalar;
      for (; epoch < 3 && optimizer.iterations < steps; epoch++) {
        const batches = await elements.iterator();
        while (optimizer.iterations < steps) {
          const { value, done } = await batches.next();
          if (done) break;
          const { xs, ys } = value as unknown as { xs: { [name: string]: tf.Tensor }; ys: tf.Tensor };
          optimizer.minimize(() => {
            const similarities = model.apply(
              model.inputNames.map((name) => xs[name]),
              { training: true },
            );
            return loss(ys, similarities as tf.Tensor);
          });
          tf.dispose(value);
          await saver.afterStep({ epoch });
        }
      }
      await saver.close();
      return stateBytes(model);
    };
    await loop(6);
    expect(await loop(12)).toBe(whole);
  });

  test('where images cannot be read', async () => {
    const unreadable = [0, 5, 6];
    const expected = (await fit(temporaryFolder(), { unreadable })).bytes;
    expect(expected).not.toBe(whole);
    for (const stopAt of [2, 4, 7]) {
      const dir = temporaryFolder();
      await fit(dir, { unreadable, stopAt });
      expect((await fit(dir, { unreadable })).bytes).toBe(expected);
    }
  });

  test.each<[string, () => tf.Optimizer]>([
    ['momentum', () => tf.train.momentum(0.1, 0.9)],
    ['rmsprop', () => tf.train.rmsprop(0.01)],
    ['adagrad', () => tf.train.adagrad(0.01)],
    ['adam', () => tf.train.adam(0.01)],
  ])('with tf.train.%s', async (_, optimizer) => {
    const dir = temporaryFolder();
    await fit(dir, { optimizer, stopAt: 5 });
    expect((await fit(dir, { optimizer })).bytes).toBe((await fit(temporaryFolder(), { optimizer })).bytes);
  });
});

describe('a training stopped at the end of an epoch', () => {
  test.each([
    ['a finished one', { stopAt: 99, every: 5 }, 3],
    ['one whose last step is saved', { stopAt: 99, every: 4 }, 3],
    ['one stopped at the last batch of epoch 1', { stopAt: 8, every: 5 }, 2],
    ['one saved and stopped there', { stopAt: 8, every: 2 }, 2],
    ['one that skips images', { stopAt: 8, every: 2, unreadable: [0] }, 2],
  ])('continues with the next epoch: %s', async (_, { stopAt, every, ...settings }, next) => {
    const dir = temporaryFolder();
    await fit(dir, { stopAt, every, ...settings });
    const { epoch, batch, ran, loss, losses, warnings } = await resumeWithHistory(dir, 5, settings);
    expect({ epoch, batch }).toEqual({ epoch: next, batch: 0 });
    expect(ran).toEqual(Array.from({ length: 5 - next }, (_, i) => next + i));
    expect(loss).toHaveLength(ran.length);
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(warnings).toEqual([]);
  });

  test('also where the position is known from the epochs alone, as no dataset is given', async () => {
    const dir = temporaryFolder();
    const { model, elements } = makeTraining();
    const saver = checkpoint({ dir, every: 4, model });
    await model.fitDataset(elements, { epochs: 2, verbose: 0, callbacks: saver as never });
    const { epoch, batch, ran, loss } = await resumeWithHistory(dir, 3, { withoutDataset: true });
    expect({ epoch, batch, ran }).toEqual({ epoch: 2, batch: 0, ran: [2] });
    expect(loss).toHaveLength(1);
  });

  test('has nothing left to train where that was the last, and says so', async () => {
    const dir = temporaryFolder();
    await fit(dir);
    const { ran, loss, losses, warnings, step } = await resumeWithHistory(dir, 3);
    expect({ ran, loss, losses, step }).toEqual({ ran: [], loss: [], losses: [], step: 12 });
    expect(warnings).toEqual([
      `Nothing is left to train: "${join(dir, checkpointName(12))}" stands at the end of 3 epochs.`,
    ]);
    expect(readdirSync(dir)).not.toContain('lock');
  });

  test('continues with trainingArtifacts alone too', async () => {
    const { model, dataset } = makeTraining();
    const artifacts = await trainingArtifacts({ model, dataset }, { epoch: 1, batch: 4 });
    expect(await restoreTraining(makeTraining(), artifacts)).toMatchObject({ epoch: 2, batch: 0 });
    const within = await trainingArtifacts({ model, dataset }, { epoch: 1, batch: 3 });
    expect(await restoreTraining(makeTraining(), within)).toMatchObject({ epoch: 1, batch: 3 });
  });
});

const checkpointName = (step: number) => `step-${String(step).padStart(9, '0')}.checkpoint`;

describe('the folder', () => {
  test('holds the newest checkpoints, and says what they are in two lines of JSON', async () => {
    const dir = temporaryFolder();
    const { saver } = await fit(dir, { every: 2 });
    expect(files(dir)).toEqual([8, 10, 12].map(checkpointName));
    expect(saver.latest).toBe(join(dir, files(dir)[2]));
    const [header, description] = readFileSync(saver.latest as string, 'latin1')
      .split('\n', 2)
      .map((line) => JSON.parse(line));
    expect(header.format).toBe('tfjs-nonsemantic-negatives checkpoint 1');
    expect(description.userDefinedMetadata.nonSemanticTraining).toMatchObject({
      step: 12,
      epoch: 3,
      batch: 0,
      learningRate: 0.1,
      optimizer: 'NonSemanticSGD',
      data: { seed: 3, shuffle: true, batchSize: 4, smallLastBatch: true, images: 14, skipped: [] },
      versions: { format: 1, backend: tf.getBackend() },
    });
  });

  test('is released at the end, also by close() in a custom loop', async () => {
    const dir = temporaryFolder();
    await fit(dir, { stopAt: 1 });
    expect(readdirSync(dir)).not.toContain('lock');
  });

  test('belongs to one run: a second run’s error names the holder', async () => {
    const dir = temporaryFolder();
    const saver = checkpoint({ dir, model: makeTraining().model });
    await saver.resume();
    await expect(checkpoint({ dir, model: makeTraining().model }).resume()).rejects.toThrow(
      'it is in use by this very process; close() the earlier checkpoint first.',
    );
    const lock = JSON.parse(readFileSync(join(dir, 'lock'), 'utf8'));
    const other = temporaryFolder();
    writeFileSync(join(other, 'lock'), JSON.stringify({ ...lock, host: 'elsewhere', since: 'yesterday' }));
    await expect(checkpoint({ dir: other, model: makeTraining().model }).resume()).rejects.toThrow(
      `process ${process.pid} on elsewhere since yesterday; if that is over, delete "${join(other, 'lock')}".`,
    );
  });

  test.each([
    ['a process that is dead', (lock: object) => JSON.stringify({ ...lock, pid: 2 ** 22 + 1 })],
    ['a later process of the same number', (lock: object) => JSON.stringify({ ...lock, pid: 1, birth: 'before' })],
    ['nobody, cut off', () => '{"pid"'],
  ])('is taken over from %s', async (_, stale) => {
    const dir = temporaryFolder();
    const { model } = makeTraining();
    await checkpoint({ dir, model }).resume();
    const lock = JSON.parse(readFileSync(join(dir, 'lock'), 'utf8'));
    const other = temporaryFolder();
    writeFileSync(join(other, 'lock'), stale(lock));
    await checkpoint({ dir: other, model }).resume();
    expect(JSON.parse(readFileSync(join(other, 'lock'), 'utf8'))).toMatchObject({
      pid: process.pid,
      birth: lock.birth,
    });
    expect(readdirSync(other)).toEqual(['lock']);
  });
});

describe('a folder with checkpoints of another run', () => {
  const refusal = 'it holds checkpoints of another run; call resume() or clear() first.';
  const contents = (dir: string) => files(dir).map((name) => [name, readFileSync(join(dir, name), 'hex')]);
  const ofAnotherRun = async () => {
    const dir = temporaryFolder();
    await fit(dir, { seed: 8, stopAt: 4 });
    return dir;
  };

  test.each<[string, (saver: Checkpoint, training: ReturnType<typeof makeTraining>) => Promise<unknown>]>([
    ['fitDataset', (callbacks, { model, elements }) => model.fitDataset(elements, { epochs: 1, callbacks } as never)],
    ['save()', (saver) => saver.save()],
  ])('is left alone by %s, whose error says what to call first', async (_, start) => {
    const dir = await ofAnotherRun();
    const before = contents(dir);
    const training = makeTraining();
    const saver = checkpoint({ dir, every: 1, model: training.model });
    await expect(start(saver, training)).rejects.toThrow(`Cannot train in "${dir}": ${refusal}`);
    expect(training.model.optimizer.iterations).toBe(0);
    expect(contents(dir)).toEqual(before);
    await saver.close();
    expect(readdirSync(dir)).not.toContain('lock');
  });

  test('is left alone by a custom loop, whose first save throws', async () => {
    const dir = await ofAnotherRun();
    const before = contents(dir);
    const saver = checkpoint({ dir, every: 1, model: makeTraining().model });
    await expect(saver.afterStep({ epoch: 0 })).rejects.toThrow(refusal);
    expect(contents(dir)).toEqual(before);
  });

  test('is emptied of them by clear(), and of nothing else: the run then starts at step 0', async () => {
    const dir = await ofAnotherRun();
    writeFileSync(join(dir, 'notes.txt'), 'mine');
    writeFileSync(join(dir, `${files(dir)[1]}.0123456789ab.tmp`), 'half');
    const { model, dataset, elements } = makeTraining();
    const saver = checkpoint({ dir, every: 2, model, dataset });
    await saver.clear();
    expect(readdirSync(dir).sort()).toEqual(['lock', 'notes.txt']);
    await model.fitDataset(elements, { epochs: 1, verbose: 0, callbacks: saver as never });
    expect(await stateBytes(model)).toBe((await fit(temporaryFolder(), { stopAt: 4 })).bytes);
    expect(files(dir)).toEqual(['notes.txt', ...[2, 4].map(checkpointName)]);
  });

  test('is not emptied while that run has it', async () => {
    const dir = await ofAnotherRun();
    const { model } = makeTraining({ seed: 8 });
    const owner = checkpoint({ dir, model });
    await owner.resume();
    const before = contents(dir);
    await expect(checkpoint({ dir, model }).clear()).rejects.toThrow('it is in use by this very process');
    expect(contents(dir)).toEqual(before);
    await owner.close();
    await checkpoint({ dir, model }).clear();
    expect(files(dir)).toEqual([]);
  });
});

describe('addCheckpoint', () => {
  const trained = async (step: number) => {
    const { model, dataset } = makeTraining();
    Object.assign(model.optimizer, { iterations_: step });
    return trainingArtifacts({ model, dataset }, { epoch: 1, batch: 2 });
  };

  test('adds the newest, and leaves the folder free', async () => {
    const dir = temporaryFolder();
    await fit(dir, { stopAt: 2 });
    expect(await addCheckpoint(dir, await trained(40))).toBe(join(dir, checkpointName(40)));
    expect(files(dir)).toEqual([2, 40].map(checkpointName));
    const { epoch, batch, step } = await resumeWithHistory(dir, 2);
    expect({ epoch, batch, step }).toEqual({ epoch: 1, batch: 2, step: 42 });
  });

  test('refuses to add an older one, or while a run has the folder', async () => {
    const dir = temporaryFolder();
    await fit(dir, { stopAt: 2 });
    await expect(addCheckpoint(dir, await trained(1))).rejects.toThrow(
      `Cannot add step 1 to "${dir}": it holds step 2, from which its run would continue.`,
    );
    const saver = checkpoint({ dir, model: makeTraining().model });
    await saver.resume();
    await expect(addCheckpoint(dir, await trained(3))).rejects.toThrow('it is in use by this very process');
    await saver.close();
    expect(readdirSync(dir)).toEqual([checkpointName(2)]);
  });

  test('refuses weights that are NaN', async () => {
    const dir = temporaryFolder();
    const artifacts = await trained(3);
    new Float32Array(artifacts.weightData, 0, 1)[0] = Number.NaN;
    await expect(addCheckpoint(dir, artifacts)).rejects.toThrow(
      /^Expected finite values to save for the weight .* step 3/,
    );
    expect(readdirSync(dir)).toEqual([]);
  });
});

describe('a damaged checkpoint', () => {
  const cut = (path: string, length: number) => writeFileSync(path, readFileSync(path).subarray(0, length));
  const twoSaved = async () => {
    const dir = temporaryFolder();
    await fit(dir, { stopAt: 4, every: 2 });
    return { dir, newest: join(dir, files(dir)[1]) };
  };

  test('is named and skipped; a partly written file is ignored and removed', async () => {
    const { dir, newest } = await twoSaved();
    const length = readFileSync(newest).length;
    cut(newest, length - 1);
    writeFileSync(`${newest}.0123456789ab.tmp`, 'half');
    const warnings: string[] = [];
    expect((await latestCheckpoint(dir, (text) => warnings.push(text)))?.step).toBe(2);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`Cannot read the checkpoint "${newest}": it is damaged: `);
    const quiet = jest.spyOn(console, 'warn').mockImplementation(() => {});
    const { bytes } = await fit(dir);
    quiet.mockRestore();
    expect(bytes).toBe((await fit(temporaryFolder())).bytes);
    expect(files(dir).some((name) => name.endsWith('.tmp'))).toBe(false);
  });

  test('causes an error where there is no other', async () => {
    const { dir } = await twoSaved();
    for (const name of files(dir)) cut(join(dir, name), 100);
    const { model } = makeTraining();
    const saver = checkpoint({ dir, model, warn: () => {} });
    await expect(saver.resume()).rejects.toThrow(
      `Cannot resume from "${dir}": none of its 2 checkpoints is whole; delete the folder to start over.`,
    );
  });

  test('is detected for every cut and every flipped bit tried', async () => {
    const { dir, newest } = await twoSaved();
    const sound = readFileSync(newest);
    const lost: number[] = [];
    const count = process.env.LONG ? 2000 : 100;
    for (let i = 0; i < count; i++) {
      const place = i < 40 ? i * 6 : Math.floor((i / count) * sound.length);
      const damaged = Buffer.from(sound);
      damaged[place] ^= 1 << (i % 8);
      writeFileSync(newest, i % 2 ? damaged : sound.subarray(0, place));
      if ((await latestCheckpoint(dir, () => {}))?.step !== 2) lost.push(place);
    }
    expect(lost).toEqual([]);
  });
});

describe('a state that does not fit causes an error, and changes nothing', () => {
  test.each<[string, TrainingSettings, string]>([
    ['another encoder', { units: 5 }, 'It was saved from '],
    ['another optimizer', { optimizer: () => tf.train.adam(0.1) }, 'Expected NonSemanticSGD for the optimizer'],
    [
      'another seed',
      { seed: 4 },
      "Expected 3 for the dataset's seed, received 4. The training was saved with the expected value.",
    ],
    [
      'other images',
      { images: 13 },
      "Expected 14 for the dataset's images, received 13. The training was saved with the expected value.",
    ],
  ])('%s', async (_, settings, message) => {
    const dir = temporaryFolder();
    await fit(dir, { stopAt: 1 });
    const { model, dataset } = makeTraining(settings);
    const before = await stateBytes(model);
    const saver = checkpoint({ dir, model, dataset });
    await expect(saver.resume()).rejects.toThrow(message);
    expect(await stateBytes(model)).toBe(before);
  });

  test('a wrong initialEpoch', async () => {
    const dir = temporaryFolder();
    await fit(dir, { stopAt: 6 });
    const { model, dataset, elements } = makeTraining();
    const saver = checkpoint({ dir, model, dataset });
    await saver.resume();
    const fitting = model.fitDataset(elements, { epochs: 3, verbose: 0, callbacks: saver as never });
    await expect(fitting).rejects.toThrow(
      'Expected 1 for option initialEpoch, received 0. The checkpoint is of that epoch.',
    );
  });

  test('weights that are NaN are not saved over good ones', async () => {
    const dir = temporaryFolder();
    const { saver } = await fit(dir, { stopAt: 2 });
    const { model, dataset } = makeTraining();
    const next = checkpoint({ dir, model, dataset });
    await next.resume();
    model.setWeights(model.getWeights().map((x) => (x.dtype === 'float32' ? tf.mul(x, Number.NaN) : x)));
    await expect(next.save()).rejects.toThrow(
      /Expected finite values to save for the weight .* at step 2, received NaN/,
    );
    expect(await stepOf(dir)).toBe(2);
    expect(saver.latest).toBe(next.latest);
  });

  test('options', () => {
    const { model } = makeTraining();
    const make = (args: object) => () => checkpoint({ dir: 'x', model, ...args } as CheckpointArgs);
    expect(make({ every: 0 })).toThrow(ArgumentError);
    expect(make({ keep: 0 })).toThrow('Expected an integer of at least 1 for option keep, received 0.');
    expect(make({ dir: 3 })).toThrow('Expected the path of a folder for option dir, received 3.');
    expect(make({ model: undefined })).toThrow('Expected a tf.LayersModel for option model, received undefined.');
    expect(make({ folder: 'x' })).toThrow('received "folder".');
  });
});

test('nothing leaks, and the user’s own state is restored', async () => {
  const dir = temporaryFolder();
  const { model, dataset, elements } = makeTraining({ optimizer: () => sgd({ learningRate: 0.1, momentum: 0.9 }) });
  const saver = checkpoint({ dir, model, dataset, extra: () => ({ records: [1, 2] }) });
  await model.fitDataset(elements, { epochs: 1, verbose: 0, callbacks: saver as never });
  const before = tf.memory().numTensors;
  await saver.save();
  const { extra, epoch, batch, step } = await saver.resume();
  expect({ extra, epoch, batch, step }).toEqual({ extra: { records: [1, 2] }, epoch: 1, batch: 0, step: 4 });
  await saver.save();
  expect(tf.memory().numTensors).toBe(before);
  expect(FileError).toBeDefined();
});
