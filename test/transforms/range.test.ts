import * as tf from '@tensorflow/tfjs-core';
import * as tfd from '@tensorflow/tfjs-data';
import {
  ArgumentError,
  contrastiveDataset,
  mocoV2Augmentation,
  normalize,
  patchNegative,
  textureNegative,
  twoViews,
  type ValueRange,
} from 'tfjs-nonsemantic-negatives';
import { readLater } from '../../src/support/readLater';
import { noise, noiseBatch } from '../support/images';
import { countReads, leakOf, maxDifference } from '../support/tensors';

declare const BACKEND: string;

const bytes = (count: number) => tf.mul(255, noiseBatch(count, 16, 16)) as tf.Tensor4D;
const centered = (count: number) => tf.sub(tf.mul(2, noiseBatch(count, 16, 16)), 1) as tf.Tensor4D;
/** A GPU answers when it has come that far. */
const delay = ['webgl', 'webgpu'].includes(BACKEND) ? 4000 : 5;
const afterReads = () => new Promise((resolve) => setTimeout(resolve, delay));

let warn: jest.SpyInstance;
beforeEach(() => {
  warn = jest.spyOn(console, 'warn').mockImplementation();
});
afterEach(() => warn.mockRestore());

describe('the option range', () => {
  test.each([
    [[-1, 1], 2, -1],
    [[0, 255], 255, 0],
    [[-2, 6], 8, -2],
  ] as [ValueRange, number, number][])('%j gives the views and negatives of 0 … 1', (range, factor, offset) => {
    const images = noiseBatch(3, 16, 16);
    const other = tf.add(tf.mul(images, factor), offset);
    const chain = (x: tf.Tensor, args = {}) => {
      const steps = [textureNegative({ quality: 'fast' }), twoViews(args), patchNegative()];
      return steps.reduce<tf.TensorContainer>((y, step) => step(y), x) as { xs: { [name: string]: tf.Tensor } };
    };
    const [expected, actual] = [chain(images).xs, chain(other, { range }).xs];
    for (const [name, x] of Object.entries(expected)) expect(maxDifference(actual[name], x)).toBeLessThan(1e-4);
  });

  test('is the augmentation’s own where there is one', () => {
    const augmentation = mocoV2Augmentation({ range: [-1, 1] });
    expect(() => twoViews({ augmentation, range: [-1, 1] })).toThrow(
      'Expected no value for option range, received [-1, 1]. The augmentation has its own range.',
    );
  });

  test('takes integers of 16 bits', () => {
    const words = tf.tensor3d([[[0, 13107, 65535]]], undefined, 'int32');
    const args = { range: [0, 65535] as ValueRange, mean: [0, 0, 0], standardDeviation: [1, 1, 1] };
    expect(maxDifference(normalize(words, args), [0, 0.2, 1])).toBeLessThan(1e-6);
  });
});

const wrong = [
  ['float 0 … 255', bytes, 'range: [0, 255]'],
  ['-1 … 1', centered, 'range: [-1, 1]'],
  ['int32 0 … 65535', (n: number) => tf.cast(tf.mul(257, bytes(n)), 'int32') as tf.Tensor4D, 'range: [min, max]'],
  ['NaN', (n: number) => tf.fill([n, 16, 16, 3], Number.NaN) as tf.Tensor4D, 'received NaN'],
] as const;

describe.each(wrong)('images in %s', (_, make, message) => {
  test('of a contrastiveDataset are an error at the first batch', async () => {
    const sources = {
      tensor: () => make(4),
      bySource: () => ({ size: 4, get: (i: number) => tf.squeeze(tf.slice(make(4), i, 1), [0]) as tf.Tensor3D }),
    };
    for (const source of Object.values(sources))
      for (const args of [{ batchSize: 2 }, {}]) {
        const iterator = await contrastiveDataset(source(), args).map(patchNegative()).map(twoViews()).iterator();
        const failure = iterator.next();
        await expect(failure).rejects.toThrow(ArgumentError);
        await expect(failure).rejects.toThrow(message);
      }
  });

  test('elsewhere are an error as soon as the first batch is read', async () => {
    const images = tf.unstack(make(4)) as tf.Tensor3D[];
    const chain = () => tfd.array([0, 1, 2, 3]).map((i) => tf.clone(images[i as number]));
    for (const batchSize of [1, 2]) {
      const iterator = await chain().batch(batchSize).map(twoViews()).iterator();
      await iterator.next();
      await afterReads();
      const failure = iterator.next();
      await expect(failure).rejects.toThrow(ArgumentError);
      await expect(failure).rejects.toThrow(message);
    }
  });

  test('are no error once the option says so', async () => {
    const range: ValueRange = message.includes('-1') ? [-1, 1] : [0, 65535];
    if (message.includes('NaN')) return;
    const dataset = contrastiveDataset(make(4), { batchSize: 2 }).map(twoViews({ range }));
    expect(await dataset.toArray()).toHaveLength(2);
  });
});

test('single images cause an error even if the first ones are black', async () => {
  const black = tf.zeros<tf.Rank.R3>([8, 8, 3]);
  const white = tf.fill([8, 8, 3], 255) as tf.Tensor3D;
  const chain = tfd
    .array(Array.from({ length: 12 }, (_, i) => i))
    .map((i) => tf.clone((i as number) < 3 ? black : white));
  const iterator = await chain.map(twoViews()).iterator();
  for (let i = 0; i < 4; i++) await iterator.next();
  await afterReads();
  await expect(iterator.next()).rejects.toThrow('range: [0, 255]');
});

test('the message names the function, both ranges and the option', async () => {
  const views = twoViews();
  views(centered(2));
  await afterReads();
  expect(() => views(centered(2))).toThrow(
    /^Expected values of 0 to 1 for the images of twoViews\(\), received values of -\S+ to \S+\. Scale the images, or give the option range: \[-1, 1\]\.$/,
  );
});

test('a function without state warns once', async () => {
  for (let i = 0; i < 40; i++) normalize(bytes(1)).dispose();
  await afterReads();
  const messages = warn.mock.calls.flat().filter((text) => String(text).includes('normalize()'));
  expect(messages).toHaveLength(1);
  expect(messages[0]).toContain('range: [0, 255]');
});

test.each([
  ['the overshoot of an interpolation', () => tf.sub(tf.mul(1.3, noiseBatch(2, 8, 8)), 0.15)],
  ['black', () => tf.zeros([2, 8, 8, 3])],
  ['white', () => tf.ones([2, 8, 8, 3])],
  ['int32', () => tf.fill([2, 8, 8, 3], 255, 'int32')],
] as const)('%s causes no error', async (_, make) => {
  const views = twoViews();
  for (let i = 0; i < 2; i++) {
    views(make() as tf.Tensor);
    await afterReads();
  }
  await contrastiveDataset(make() as tf.Tensor4D)
    .map(twoViews())
    .forEachAsync((element) => tf.dispose(element));
  expect(warn.mock.calls.filter(([text]) => String(text).includes('Expected'))).toEqual([]);
});

describe('the check', () => {
  // cpu and wasm keep their tensors in host memory, where a slice is a read.
  const onTheDevice = ['cpu', 'wasm'].includes(BACKEND) ? test.skip : test;
  onTheDevice('reads nothing within the call', () => {
    const images = bytes(2);
    expect(countReads(() => void twoViews()(images))).toBe(0);
  });

  test('keeps no tensor, neither within the call nor after the read', async () => {
    const images = noiseBatch(2, 8, 8);
    expect(leakOf(() => tf.dispose(twoViews()(images) as never))).toBe(0);
    const { numDataBuffers, numTensors } = tf.memory();
    tf.dispose(twoViews()(images) as never);
    await afterReads();
    expect(tf.memory()).toMatchObject({ numDataBuffers: expect.any(Number), numTensors });
    expect(tf.memory().numDataBuffers).toBeLessThanOrEqual(numDataBuffers);
  });

  test('reads a tensor that is disposed by then, and lets it go', async () => {
    const before = tf.memory();
    const x = tf.tensor1d([1, 2, 3]);
    const values = readLater(x);
    x.dispose();
    expect(Array.from((await values) ?? [])).toEqual([1, 2, 3]);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
    const kept = tf.tensor1d([4]);
    await readLater(kept);
    expect(kept.dataSync()[0]).toBe(4);
    kept.dispose();
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
  });
});

test('patches and textures keep any range', () => {
  const image = tf.sub(tf.mul(300, tf.tensor3d(noise(16, 16))), 20) as tf.Tensor3D;
  const [low, high] = [tf.min(image).dataSync()[0], tf.max(image).dataSync()[0]];
  for (const transform of [patchNegative(), textureNegative({ quality: 'fast' })]) {
    const values = transform(image).xs.negative_0.dataSync();
    expect(Math.min(...values)).toBeGreaterThanOrEqual(low);
    expect(Math.max(...values)).toBeLessThanOrEqual(high);
    expect(Math.max(...values)).toBeGreaterThan(100);
  }
});
