import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import type * as tfd from '@tensorflow/tfjs-data';
import {
  contrastiveDataset,
  mocoV2Augmentation,
  patchNegative,
  randomTransform,
  textureNegative,
  twoViews,
} from 'tfjs-nonsemantic-negatives';
import {
  checkpoint,
  FileError,
  imageFolder,
  type WorkerDataset,
  type WorkerDatasetArgs,
  workerDataset,
} from 'tfjs-nonsemantic-negatives/node';
import { noiseBatch } from '../../support/images';
import { bytesOf } from '../../support/tensors';
import { coordinates } from '../support/makeImage';
import { folderOf, temporaryFolder } from '../support/temporaryFolder';
import { makeTraining, stateBytes } from '../support/training';

declare const BACKEND: string;
const support = (file: string) => pathToFileURL(join(__dirname, '../support', file));

const open: WorkerDataset[] = [];
const inThread = async (...args: Parameters<typeof workerDataset>) => {
  const dataset = await workerDataset(...args);
  open.push(dataset);
  return dataset;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((dataset) => dataset.close()));
});

/** Names, types, shapes and bytes of all tensors of one pass. */
async function contentOf(dataset: tfd.Dataset<tf.TensorContainer>): Promise<string[]> {
  const contents: string[] = [];
  await dataset.forEachAsync((element) => {
    const { xs, ys } = element as { xs: tf.Tensor | tf.NamedTensorMap; ys: tf.Tensor };
    const tensors = { ...(xs instanceof tf.Tensor ? { xs } : xs), ys } as tf.NamedTensorMap;
    for (const [name, x] of Object.entries(tensors)) contents.push(`${name} ${x.dtype} ${x.shape} ${bytesOf(x)}`);
    tf.dispose(element);
  });
  return contents;
}

/** Ten pictures in two classes; the fourth file is damaged. */
const pictures = async (isDamaged = false) => {
  const files = Array.from({ length: 10 }, async (_, i) => {
    const bytes = await coordinates(12, 9 + i)
      .jpeg()
      .toBuffer();
    return [`${i % 2}/${i}.jpg`, isDamaged && i === 3 ? bytes.subarray(0, 200) : bytes] as const;
  });
  return folderOf(Object.fromEntries(await Promise.all(files)));
};

const transforms = () => [
  textureNegative({ exemplarSize: 8, quality: 'fast' }),
  twoViews({ augmentation: mocoV2Augmentation({ size: [6, 8], blurProbability: 0.5 }), seed: 2 }),
  patchNegative({ patchRange: [2, 5], count: 2, seed: 1 }),
];
const args: WorkerDatasetArgs = { batchSize: 4, seed: 5 };

test.each([BACKEND, 'wasm'])(
  'on %s: the same bytes in the same order, pass after pass and from the middle',
  async (name) => {
    const before = tf.getBackend();
    await tf.setBackend(name);
    try {
      const images = await imageFolder(await pictures(), { size: 16 });
      const [first, second, third] = transforms();
      const plainDataset = contrastiveDataset(images, args);
      const here = plainDataset.map(first).map(second).map(third);
      const there = await inThread(images, [first, second, third], args);
      const own = patchNegative({ patchRange: [1, 2] });
      const passes = [await contentOf(there), await contentOf(there)];
      expect(passes).toEqual([await contentOf(here), await contentOf(here)]);
      expect(passes[0]).not.toEqual(passes[1]);
      // Keys travel: a transform that runs here draws the same.
      for (const dataset of [plainDataset, there]) dataset.startAt({ epoch: 7, batch: 1 });
      expect(await contentOf(there.map(own))).toEqual(await contentOf(here.map(own)));
      expect([there.epoch, there.size, there.order]).toEqual([8, 3, plainDataset.order]);
    } finally {
      await tf.setBackend(before);
    }
  },
);

test('images in tensors, and labels, travel too', async () => {
  const source = { xs: noiseBatch(5, 4, 4), ys: tf.range(0, 5) };
  const there = await inThread(source, [], { batchSize: 2, shuffle: false });
  expect(await contentOf(there)).toEqual(await contentOf(contrastiveDataset(source, { batchSize: 2, shuffle: false })));
});

test('a module brings any other source and transform', async () => {
  const there = await inThread(support('grayImages.mjs'), [support('measureThread.mjs')], {
    batchSize: 1,
    shuffle: false,
  });
  expect(there.size).toBe(3);
  const values: number[] = [];
  await there.forEachAsync((element) => void values.push((element as { xs: tf.Tensor }).xs.dataSync()[0]));
  expect(values).toEqual([0, 0.25, 0.5]);
});

test('a damaged file ends the pass by its name', async () => {
  const there = await inThread(await imageFolder(await pictures(true), { size: 8 }), [twoViews()], args);
  const failure = await contentOf(there).catch((error) => error);
  expect(failure).toBeInstanceOf(FileError);
  expect(failure.path).toMatch(/1\/3\.jpg$/);
  expect(failure.message).toContain('Cannot read the image');
});

test('a training that is cut off in the middle of an epoch resumes to the same bytes as one without a thread', async () => {
  const folder = await pictures(true);
  const dir = temporaryFolder();
  const train = async (saveTo: string, isThreaded: boolean, crashAt = Number.POSITIVE_INFINITY) => {
    const images = await imageFolder(folder, { size: 8, onError: 'skip' });
    const made = [twoViews({ augmentation: mocoV2Augmentation({ size: 8 }) }), patchNegative({ patchRange: [2, 5] })];
    const order = { batchSize: 3, seed: 5 };
    const there = isThreaded ? await inThread(images, made, order) : undefined;
    const dataset = there ?? contrastiveDataset(images, order);
    const elements = there ?? dataset.map(made[0]).map(made[1]);
    const { model } = makeTraining();
    const saver = checkpoint({ dir: saveTo, every: 2, model, dataset });
    const { epoch, batch } = await saver.resume();
    const crash = {
      onBatchBegin() {
        if (model.optimizer.iterations === crashAt) throw new Error('crash');
      },
    };
    const callbacks = [saver, crash] as never;
    await model.fitDataset(elements, { epochs: 3, initialEpoch: epoch, verbose: 0, callbacks }).finally(() => {
      return Promise.all([saver.close(), there?.close()]);
    });
    return { epoch, batch, bytes: await stateBytes(model) };
  };
  await expect(train(dir, true, 5)).rejects.toThrow('crash');
  // Three batches an epoch: step 4, the last that was saved, is the first of epoch 1.
  const { epoch, batch, bytes } = await train(dir, true);
  expect([epoch, batch]).toEqual([1, 1]);
  expect(bytes).toBe((await train(temporaryFolder(), false)).bytes);
});

test('files that are skipped there are listed here, and count in the order', async () => {
  const images = await imageFolder(await pictures(true), { size: 8, onError: 'skip' });
  const there = await inThread(images, [twoViews()], args);
  await contentOf(there);
  expect(images.skipped).toMatchObject([{ path: expect.stringMatching(/3\.jpg$/) }]);
  expect(there.order.skipped).toHaveLength(1);
});

test('a later pass ends the one before', async () => {
  const there = await inThread(noiseBatch(40, 4, 4), [twoViews()], { batchSize: 2 });
  const earlier = await there.iterator();
  tf.dispose((await earlier.next()).value);
  const later = await there.iterator();
  tf.dispose((await later.next()).value);
  const rest = async () => {
    for (let next = await earlier.next(); !next.done; next = await earlier.next()) tf.dispose(next.value);
  };
  await expect(rest()).rejects.toThrow('Expected one pass at a time for workerDataset()');
  expect((await later.next()).done).toBe(false);
});

test('a training that is stopped leaves nothing behind; after close() there is no pass', async () => {
  const { model } = makeTraining();
  const there = await inThread(noiseBatch(40, 8, 8), [twoViews(), patchNegative()], { batchSize: 4 });
  const stop = {
    onBatchEnd() {
      model.stopTraining = true;
    },
  };
  const fit = () => model.fitDataset(there, { epochs: 2, verbose: 0, callbacks: stop });
  await fit();
  const tensors = tf.memory().numTensors;
  await fit();
  expect(tf.memory().numTensors).toBe(tensors);
  await there.close();
  await expect(contentOf(there)).rejects.toThrow('The thread of workerDataset() has ended.');
});

test('keeps as many tensors, handles and bytes, here and there, over many steps', async () => {
  const steps = process.env.LONG ? 20_000 : 200;
  const transforms = [twoViews(), patchNegative({ patchRange: [1, 2] }), support('measureThread.mjs')];
  const there = await inThread(noiseBatch(40, 4, 4), transforms, { batchSize: 4 });
  const rows: number[][] = [];
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  for (let pass = 0; pass < steps / 10; pass++) {
    await there.forEachAsync((element) => {
      const { ys } = element as { ys: tf.Tensor };
      // At the last batch of a pass, nothing is read ahead.
      rows[pass] = [...ys.dataSync()];
      tf.dispose(element);
    });
    if (pass % 100 === 99) collect();
    const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
    rows[pass].push(tf.memory().numTensors, process.getActiveResourcesInfo().length, heapUsed, arrayBuffers, rss);
  }
  const columns = ['tensors', 'handles', 'heap', 'buffers'];
  const names = [...columns.map((name) => `${name} there`), ...columns, 'resident'];
  // Heaps swing by what is not collected yet: the least of each tenth is compared, without the first, which warms up.
  const tenth = rows.length / 10;
  const least = (part: number, i: number) =>
    Math.min(...rows.slice(part * tenth, (part + 1) * tenth).map((row) => row[i]));
  const growth = Object.fromEntries(names.map((name, i) => [name, least(9, i) - least(1, i)]));
  if (process.env.SHOW) console.log(names.map((name, i) => [name, least(1, i), least(9, i)].join(' ')).join('\n'));
  for (const name of ['tensors there', 'handles there', 'tensors', 'handles'])
    expect([name, growth[name]]).toEqual([name, 0]);
  // A batch of three views has 2304 bytes: kept, they would be 37 MB of 16,000 steps.
  const megabytes = { 'heap there': 4, 'buffers there': 1, heap: 4, buffers: 1, resident: 30 };
  if (process.env.LONG)
    for (const [name, most] of Object.entries(megabytes))
      expect([name, growth[name] < most * 1e6]).toEqual([name, true]);
}, 600_000);

describe('a program', () => {
  const start = (mode: string) =>
    spawn(process.execPath, ['--import', 'tsx', join(__dirname, '../support/threadProgram.ts'), mode]);

  test('ends without closing its thread', async () => {
    expect(await once(start('leave'), 'exit')).toEqual([0, null]);
  });

  test('ends at Ctrl-C', async () => {
    const program = start('stay');
    for await (const text of program.stdout) if (`${text}`.includes('a batch')) break;
    program.kill('SIGINT');
    expect(await once(program, 'exit')).toEqual([null, 'SIGINT']);
  });
});

describe('refuses', () => {
  const images = () => tf.zeros([2, 4, 4, 3]) as tf.Tensor4D;
  const custom = randomTransform(
    () => ({}),
    (x) => x,
  );
  test.each([
    [
      'a function',
      () => workerDataset(images(), [(x) => x as never], args),
      'transforms[0] of workerDataset(), received function',
    ],
    [
      'an augmentation of code',
      () => workerDataset(images(), [twoViews({ augmentation: custom })], args),
      'option augmentation of twoViews() in transforms[0] of workerDataset()',
    ],
    [
      'a source of code',
      () => workerDataset({ size: 1, get: () => undefined }, [], args),
      'the source of workerDataset(), received',
    ],
    [
      'an empty module',
      () => workerDataset(images(), [support('noTransform.mjs')], args),
      'Expected a default export for the module',
    ],
    [
      'a batch size of 0',
      () => workerDataset(images(), [], { batchSize: 0 }),
      'at least 1 for option batchSize, received 0',
    ],
    [
      'another backend',
      () => workerDataset(images(), [], { batchSize: 1, backend: 'webgpu' as never }),
      'for option backend',
    ],
    ['no list', () => workerDataset(images(), {} as never, args), 'a list of transforms for option transforms'],
  ])('%s', async (_, make, message) => {
    await expect(make()).rejects.toThrow(message);
  });
});
