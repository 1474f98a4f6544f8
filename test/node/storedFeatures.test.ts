import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { convEncoder } from 'tfjs-nonsemantic-negatives';
import { knn } from 'tfjs-nonsemantic-negatives/evaluation';
import { fileSystem } from 'tfjs-nonsemantic-negatives/node';
import { computeFeatures } from '../../examples/evaluate/features';
import { hashEncoder } from '../../examples/evaluate/hashEncoder';
import { ImageSet, type LabeledSource } from '../../examples/evaluate/imageSet';
import { readFeatures, storedFeatures, writeFeatures } from '../../examples/evaluate/storedFeatures';
import { temporaryFolder } from './support/temporaryFolder';

const classNames = ['blue', 'green', 'red'];

/** Noise around a color a class; the paths of files that nobody opens. */
function makeSet(size: number, root = '/pictures'): ImageSet {
  const labels = Array.from({ length: size }, (_, i) => (7 * i) % 3);
  const source: LabeledSource = {
    size,
    labels,
    classNames,
    paths: labels.map((label, i) => join(root, 'train', classNames[label], `${i}.png`)),
    get: async (i) => ({
      xs: tf.tidy(() => tf.randomUniform<tf.Rank.R3>([8, 8, 3], 0, 0.3 + 0.3 * labels[i], 'float32', i + 1)),
      ys: tf.tensor1d([labels[i]], 'int32'),
    }),
  };
  return ImageSet.of('train', source);
}

const makeEncoder = (seed: number) => convEncoder({ inputShape: [8, 8, 3], filters: [4, 6], seed });

describe('features of a set in parts', () => {
  let encoder: ReturnType<typeof makeEncoder>;
  const set = makeSet(600);
  const images = '/pictures';
  const store = (dir: string) => ({ dir, images, encoder: 'a hash', partSize: 250 });
  const bytes = (dir: string) =>
    Object.fromEntries(readdirSync(join(dir, 'train')).map((name) => [name, readFileSync(join(dir, 'train', name))]));
  let whole: string;

  beforeAll(async () => {
    encoder = makeEncoder(1);
    whole = temporaryFolder();
    await writeFeatures(encoder, set, store(whole));
  });

  test('are those of the encoder, to the bit, and knn reads them', async () => {
    const computed = await computeFeatures(encoder)(set, classNames);
    const read = readFeatures(join(whole, 'train'));
    expect(read.features.dataSync()).toEqual(computed.features.dataSync());
    expect(read.labels.dataSync()).toEqual(computed.labels.dataSync());
    expect(read.classNames).toEqual(classNames);
    expect(read.paths[4]).toBe('train/green/4.png');
    expect((await knn(read, read, { k: 5 })).top1).toBeGreaterThan(0.5);
  });

  test('are the same files from any number of workers, in any order', async () => {
    const dir = temporaryFolder();
    for (const index of [2, 0, 1]) await writeFeatures(encoder, set, store(dir), { index, count: 3 });
    expect(Object.keys(bytes(dir))).toEqual(['00000.safetensors', '00001.safetensors', '00002.safetensors']);
    expect(bytes(dir)).toEqual(bytes(whole));
  });

  test('continue where a worker stopped', async () => {
    const dir = temporaryFolder();
    await writeFeatures(encoder, set, store(dir), { index: 1, count: 2 });
    const first = join(dir, 'train/00001.safetensors');
    const { mtimeMs } = statSync(first);
    expect(() => readFeatures(join(dir, 'train'))).toThrow(`received none of 1/3, 3/3.`);
    const made: string[] = [];
    await writeFeatures(encoder, set, store(dir), undefined, (what) => made.push(what));
    expect(made).toHaveLength(2);
    expect(statSync(first).mtimeMs).toBe(mtimeMs);
    expect(bytes(dir)).toEqual(bytes(whole));
  });

  test('are gathered for a subset of the images', async () => {
    const some = set.ofClasses(['red', 'green']).slice(3, 200);
    const read = await storedFeatures(store(whole))(some, ['red', 'green']);
    const all = readFeatures(join(whole, 'train'));
    const rows = await all.features.array();
    expect(await read.features.array()).toEqual(some.rows.map((row) => rows[row]));
    expect([...read.labels.dataSync()]).toEqual(some.classOf.map((name) => ['red', 'green'].indexOf(name)));
  });

  test('of another encoder, backend or folder of images are refused', async () => {
    const others = { ...store(whole), encoder: 'another hash' };
    const message = (name: string, own: string, other: string) =>
      new RegExp(`Expected ${name} ${own} for the features .*, received ${other}: delete them, or use another folder`);
    const encoders = message('encoder', 'another hash', 'a hash');
    await expect(writeFeatures(encoder, set, others)).rejects.toThrow(encoders);
    await expect(storedFeatures(others)(set, classNames)).rejects.toThrow(encoders);
    const more = makeSet(610);
    await expect(writeFeatures(encoder, more, store(whole))).rejects.toThrow(message('paths', 'others', 'others'));
    await expect(storedFeatures(store(whole))(more, classNames)).rejects.toThrow(message('paths', 'others', 'others'));

    // Files of two encoders that somebody has put into one folder.
    const [dir, mixed] = [temporaryFolder(), temporaryFolder()];
    await writeFeatures(makeEncoder(2), set, { ...others, dir });
    mkdirSync(join(mixed, 'train'));
    for (const [i, from] of [whole, dir, whole].entries())
      copyFileSync(join(from, `train/0000${i}.safetensors`), join(mixed, `train/0000${i}.safetensors`));
    expect(() => readFeatures(join(mixed, 'train'))).toThrow(message('encoder', 'a hash', 'another hash'));
    rmSync(join(mixed, 'train'), { recursive: true });
    expect(() => readFeatures(join(mixed, 'train'))).toThrow(/Expected features in .*, received none\./);
  });
});

test('an encoder’s hash is that of its weights, wherever it lies', async () => {
  const dirs = ['a', 'b', 'c'].map((name) => join(temporaryFolder(), name));
  const encoder = makeEncoder(1);
  await encoder.save(fileSystem(dirs[0]));
  await encoder.save(fileSystem(dirs[1]));
  encoder.setWeights(encoder.getWeights().map((w, i) => (i === 3 ? tf.add(w, 1e-7) : w)));
  await encoder.save(fileSystem(dirs[2]));
  const [a, b, c] = await Promise.all(dirs.map(hashEncoder));
  expect(a).toMatch(/^[0-9a-f]{64}$/);
  expect(b).toBe(a);
  expect(c).not.toBe(a);
});
