import * as tf from '@tensorflow/tfjs-core';
import * as tfd from '@tensorflow/tfjs-data';
import {
  ArgumentError,
  ContrastiveDataset,
  type ContrastiveDatasetArgs,
  type ContrastiveElement,
  contrastiveDataset,
  type ImageSource,
  type Label,
  patchNegative,
  twoViews,
} from 'tfjs-nonsemantic-negatives';
import { noiseBatch, single } from '../support/images';
import { bytesOf, countKernels } from '../support/tensors';

const size = 7;
const images = () => noiseBatch(size, 5, 4);
const labels = () => tf.range(0, size, 1, 'int32');

/** Runs through a pass, disposes it, and returns what `read` makes of each element. */
async function passOver<T>(
  dataset: tfd.Dataset<tf.TensorContainer>,
  read: (element: ContrastiveElement) => T,
): Promise<T[]> {
  const results: T[] = [];
  await dataset.forEachAsync((element) => {
    results.push(read(element as ContrastiveElement));
    tf.dispose(element);
  });
  return results;
}

const bytes = ({ xs, ys }: ContrastiveElement) =>
  [...(xs instanceof tf.Tensor ? [xs as tf.Tensor] : Object.values(xs)), ys].map(
    (x) => `${x.shape} ${x.dtype} ${bytesOf(x)}`,
  );

describe('tensors as a source', () => {
  test.each<ContrastiveDatasetArgs>([
    {},
    { batchSize: 3 },
    { batchSize: 3, smallLastBatch: false },
    { batchSize: 7 },
    { shuffle: false, batchSize: 2, initialBatch: 2 },
    { seed: 4, initialEpoch: 2, batchSize: 4 },
  ])('give the bytes, labels and params of the same images by index: %j', async (args) => {
    const [xs, ys] = [images(), labels()];
    const byIndex: ImageSource = {
      size,
      get: (i) => ({ xs: single(xs, i), ys: tf.squeeze(tf.slice(ys, i, 1), [0]) }),
    };
    const chain = (source: Parameters<typeof contrastiveDataset>[0]) =>
      contrastiveDataset(source, args)
        .map(patchNegative({ patchRange: [1, 2] }))
        .map(twoViews());
    const expected = await passOver(chain(byIndex), bytes);
    const before = tf.memory().numTensors;
    expect(await passOver(chain({ xs, ys }), bytes)).toEqual(expected);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([xs, ys]);
  });

  test('without labels have zeros', async () => {
    const shapes = (dataset: tfd.Dataset<tf.TensorContainer>) => passOver(dataset, ({ ys }) => [ys.shape, ys.dtype]);
    const xs = images();
    expect(await shapes(contrastiveDataset(xs, { batchSize: 4 }))).toEqual([
      [[4, 1], 'float32'],
      [[3, 1], 'float32'],
    ]);
    expect((await shapes(contrastiveDataset({ xs })))[0]).toEqual([[1], 'float32']);
  });

  test('keep one-hot labels and int32 images, and stay the caller’s', async () => {
    const xs = tf.cast(tf.mul(images(), 255), 'int32') as tf.Tensor4D;
    const ys = tf.oneHot(labels(), size);
    const rows = await passOver(
      contrastiveDataset({ xs, ys }, { batchSize: 3 }).batch(2),
      (element) => element.ys.shape,
    );
    expect(rows[0]).toEqual([2, 3, size]);
    const [dtype] = await passOver(
      contrastiveDataset({ xs, ys }, { batchSize: 7 }),
      (e) => (e.xs as never as tf.Tensor).dtype,
    );
    expect(dtype).toBe('int32');
    expect([xs.isDisposed, ys.isDisposed]).toEqual([false, false]);
  });

  test('take as many kernels for a batch of any size', async () => {
    const kernels = async (batchSize: number) => {
      const iterator = await contrastiveDataset(images(), { batchSize }).iterator();
      await iterator.next();
      return countKernels(() => void iterator.next());
    };
    expect(await kernels(3)).toBe(await kernels(2));
  });

  test.each([
    [() => tf.zeros([4, 4, 3]), 'Expected a tensor of shape [N, H, W, C] for the images of contrastiveDataset()'],
    [() => tf.zeros([0, 4, 4, 3]), 'received a float32 tensor of shape [0, 4, 4, 3].'],
    [() => tf.zeros([2, 4, 4, 3], 'bool'), 'received a bool tensor'],
    [() => ({ xs: images(), ys: tf.zeros([3]) }), `Expected a tensor of ${size} labels for the labels`],
    [() => ({ xs: images(), ys: [1, 2] }), 'received [1, 2].'],
  ])('refuses %#', (source, message) => {
    expect(() => contrastiveDataset(source() as tf.Tensor4D)).toThrow(ArgumentError);
    expect(() => contrastiveDataset(source() as tf.Tensor4D)).toThrow(message);
  });

  test('that were disposed meanwhile cause an error that says so', async () => {
    const xs = images();
    const dataset = contrastiveDataset(xs);
    xs.dispose();
    await expect(dataset.toArray()).rejects.toThrow('received a disposed float32 tensor');
  });
});

test('a near miss for a source is refused with a hint', async () => {
  const single = tf.zeros<tf.Rank.R3>([4, 4, 3]);
  expect(() => contrastiveDataset([single] as never)).toThrow('tf.stack(images) makes one tensor of a list.');
  const stream = tfd.array([1, 2]).map(() => tf.clone(single) as tf.TensorContainer);
  await expect(contrastiveDataset(stream.batch(2)).toArray()).rejects.toThrow('Leave .batch() out');
  expect(() => contrastiveDataset(tf.zeros([9, 28, 28]) as never)).toThrow('tf.expandDims(xs, -1) gives gray images');
});

test('a dataset of the other build is a source', () => {
  jest.isolateModules(() => {
    const other = require('../../src/data/contrastiveDataset') as typeof import('../../src/data/contrastiveDataset');
    expect(other.ContrastiveDataset).not.toBe(ContrastiveDataset);
    expect(other.contrastiveDataset(images())).toBeInstanceOf(ContrastiveDataset);
  });
  for (const value of [undefined, null, {}, tfd.array([1])]) expect(value).not.toBeInstanceOf(ContrastiveDataset);
});

describe('labels that are not tensors', () => {
  const sourceOf = (label: (i: number) => Label): ImageSource => ({
    size: 4,
    get: (i) => ({ xs: tf.ones([2, 2, 3]), ys: label(i) }),
  });
  const cases: [string, (i: number) => Label, number[], string][] = [
    ['numbers', (i) => i, [], 'float32'],
    ['lists', (i) => [i, 1], [2], 'float32'],
    ['typed arrays', (i) => Int32Array.of(i, 1, 2), [3], 'int32'],
    ['bytes', (i) => Uint8Array.of(i), [1], 'int32'],
  ];

  test.each(cases)('%s become what tf.data’s batch makes of them', async (_, label, shape, dtype) => {
    const before = tf.memory().numTensors;
    const read = ({ ys }: ContrastiveElement) => ({
      shape: ys.shape,
      dtype: ys.dtype,
      values: Array.from(ys.dataSync()),
    });
    const source = sourceOf(label);
    const batches = await passOver(contrastiveDataset(source, { batchSize: 4, shuffle: false }), read);
    const values = [0, 1, 2, 3]
      .flatMap((i) => label(i))
      .flatMap((v) => (typeof v === 'number' ? v : Array.from(v as Int32Array)));
    expect(batches).toEqual([{ shape: [4, ...shape], dtype, values }]);
    const [first] = await passOver(contrastiveDataset(source, { shuffle: false }).map(twoViews()), read);
    expect([first.shape, first.dtype]).toEqual([shape, dtype]);
    const stream = tfd.array([0, 1, 2, 3]).map((i) => source.get(i as number) as tf.TensorContainer);
    expect(await passOver(contrastiveDataset(stream, { batchSize: 4, shuffle: false }), read)).toEqual(batches);
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each<[unknown[], string]>([
    [
      ['cat', 'dog'],
      'Expected a tensor, a number or an array of numbers for the labels of contrastiveDataset(), received "cat".',
    ],
    [[['cat'], ['dog']], 'received ["cat"]'],
    [
      [
        [[1], [1, 2]],
        [[1], [1, 2]],
      ],
      'Expected a tensor, a number or an array of numbers',
    ],
    [[{}, {}], 'received {}'],
    [[1, [1]], 'Expected one shape and type in a batch'],
    [
      [1, undefined],
      'Expected one label an image, or no labels for the labels of contrastiveDataset(), received 1 for 2 images.',
    ],
  ])('%j are refused, and nothing leaks', async (bad, message) => {
    const source: ImageSource = { size: 2, get: (i) => ({ xs: tf.ones([2, 2, 3]), ys: bad[i] as Label }) };
    const before = tf.memory().numTensors;
    const pass = passOver(contrastiveDataset(source, { batchSize: 2, shuffle: false }), () => 0);
    await expect(pass).rejects.toThrow(ArgumentError);
    await expect(pass).rejects.toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('reads side by side', () => {
  const counting = (count: number, fail?: number) => {
    const state = { running: 0, maxRunning: 0, started: 0 };
    const get = async (index: number) => {
      state.started++;
      state.maxRunning = Math.max(state.maxRunning, ++state.running);
      await new Promise((resolve) => setTimeout(resolve, 1 + ((7 * index) % 3)));
      state.running--;
      if (index === fail) throw new Error('EMFILE: too many open files');
      return tf.fill([1, 1, 1], index) as tf.Tensor3D;
    };
    return { state, source: { size: count, get } as ImageSource };
  };

  test('are at most 32, and come in order', async () => {
    const { state, source } = counting(100);
    const dataset = contrastiveDataset(source, { batchSize: 80, shuffle: false });
    const values = await passOver(dataset, ({ xs }) => Array.from((xs as never as tf.Tensor).dataSync()));
    expect(values.flat()).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(state.maxRunning).toBe(32);
  });

  test('stop at a failure', async () => {
    const { state, source } = counting(200, 3);
    const before = tf.memory().numTensors;
    const dataset = contrastiveDataset(source, { batchSize: 200, shuffle: false });
    await expect(dataset.toArray()).rejects.toThrow('EMFILE');
    expect(state.started).toBeLessThan(100);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('an epoch without steps', () => {
  const source: ImageSource = { size: 5, get: () => tf.ones([2, 2, 3]) };
  const message = 'Expected a number of at most 5 for option batchSize, received 6. There are no more images';

  test('is refused where the sizes are known', () => {
    expect(() => contrastiveDataset(source, { batchSize: 6, smallLastBatch: false })).toThrow(message);
    expect(() => contrastiveDataset(source).batch(6, false)).toThrow(message);
    expect(() => contrastiveDataset(tf.ones([5, 2, 2, 3]), { batchSize: 6, smallLastBatch: false })).toThrow(message);
    expect(contrastiveDataset(source, { batchSize: 6 }).size).toBe(1);
  });

  test.each<[string, Parameters<typeof contrastiveDataset>[0], ContrastiveDatasetArgs, string]>([
    [
      'of skipped images',
      { size: 5, get: () => undefined },
      {},
      'Expected at least one image for the source of contrastiveDataset(), received none: 5 were skipped. The epoch has no steps.',
    ],
    [
      'of too few that are left',
      { size: 5, get: (i) => (i < 3 ? undefined : tf.ones([2, 2, 3])) },
      { batchSize: 4, smallLastBatch: false },
      'Expected images for a batch of 4',
    ],
    ['of an empty stream', tfd.generator(function* () {} as never), {}, 'Expected at least one image'],
    [
      'of a short stream',
      tfd.generator(function* () {
        yield tf.ones([2, 2, 3]);
      } as never),
      { batchSize: 3, smallLastBatch: false },
      'Expected images for a batch of 3',
    ],
  ])('%s is an error at its end', async (_, from, args, expected) => {
    const before = tf.memory().numTensors;
    await expect(contrastiveDataset(from, args).toArray()).rejects.toThrow(expected);
    expect(tf.memory().numTensors).toBe(before);
  });
});
