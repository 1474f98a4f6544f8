import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { type Cifar10Args, cifar10, type LabeledImages } from 'tfjs-nonsemantic-negatives/node';
import { plain } from '../support/makeImage';
import { folderOf, temporaryFolder } from '../support/temporaryFolder';

/** A record whose red is the row, green the column, blue 200 + label. */
function record(label: number): Uint8Array {
  const red = Array.from({ length: 1024 }, (_, i) => Math.floor(i / 32));
  const green = Array.from({ length: 1024 }, (_, i) => i % 32);
  return Uint8Array.from([label, ...red, ...green, ...Array(1024).fill(200 + label)]);
}
const batch = (...labels: number[]) => Buffer.concat(labels.map(record));

async function look(images: LabeledImages, index: number) {
  const { xs, ys } = (await images.get(index))!;
  const seen = { shape: xs.shape, dtype: xs.dtype, pixels: await xs.array(), label: (await ys.data())[0] };
  tf.dispose([xs, ys]);
  return seen;
}

const names = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];

describe('the binary format', () => {
  const files = { 'data_batch_2.bin': batch(9, 0), 'data_batch_1.bin': batch(3), 'test_batch.bin': batch(5, 6) };

  test('is read in the order of batches and records, planes interleaved', async () => {
    const before = tf.memory().numTensors;
    const images = await cifar10(folderOf(files));
    expect([images.size, images.labels, images.classNames]).toEqual([3, [3, 9, 0], names]);
    const { shape, dtype, pixels, label } = await look(images, 1);
    expect([shape, dtype, label]).toEqual([[32, 32, 3], 'int32', 9]);
    expect([pixels[0][0], pixels[2][31], pixels[31][5]]).toEqual([
      [0, 0, 209],
      [2, 31, 209],
      [31, 5, 209],
    ]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('the test set, float32, in the folder that the archive unpacks to', async () => {
    const dir = folderOf({ 'cifar-10-batches-bin/test_batch.bin': batch(5, 6) });
    const images = await cifar10(dir, { train: false, dtype: 'float32' });
    expect(images.labels).toEqual([5, 6]);
    const { dtype, pixels } = await look(images, 0);
    expect(dtype).toBe('float32');
    expect(pixels[0][31]).toEqual([0, 31 / 255, 205 / 255].map(Math.fround));
  });

  test('as a dataset', async () => {
    const before = tf.memory().numTensors;
    const blues: number[] = [];
    await (await cifar10(folderOf(files))).toDataset().forEachAsync(({ xs, ys }) => {
      blues.push(xs.dataSync()[2]);
      tf.dispose([xs, ys]);
    });
    expect(blues).toEqual([203, 209, 200]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each([
    ['cut short', batch(1).subarray(1), '3072 bytes are not a whole number of 3073-byte records.'],
    ['empty', new Uint8Array(), '0 bytes are not a whole number'],
    [
      'of something else',
      Buffer.concat([batch(1), batch(10)]),
      'record 1 has the label 10, where 0 to 9 are expected.',
    ],
  ])('%s: the error names the file', async (_, content, reason) => {
    const dir = folderOf({ 'data_batch_1.bin': content });
    const path = JSON.stringify(join(dir, 'data_batch_1.bin'));
    await expect(cifar10(dir)).rejects.toThrow(`Cannot read the batch ${path}: ${reason}`);
  });
});

test('class folders are read too, with the same labels', async () => {
  const files: Record<string, Uint8Array> = {};
  for (const [label, name] of names.entries())
    files[`test/${name}/0.png`] = await plain([label, 0, 0], 32, 32).png().toBuffer();
  const images = await cifar10(folderOf(files), { train: false });
  expect([images.labels, images.classNames]).toEqual([[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], names]);
  const { shape, pixels, label } = await look(images, 7);
  expect([shape, pixels[9][9], label]).toEqual([[32, 32, 3], [7, 0, 0], 7]);
});

test('bad input', async () => {
  const dir = temporaryFolder();
  const received = `received ${JSON.stringify(dir)}.`;
  await expect(cifar10(dir)).rejects.toThrow(
    `Expected a folder with data_batch_1.bin … or train/ for input dir, ${received}`,
  );
  await expect(cifar10(dir, { train: false })).rejects.toThrow(
    'Expected a folder with test_batch.bin or test/ for input dir',
  );
  await expect(cifar10('')).rejects.toThrow('Expected the path of a folder for input dir, received "".');
  await expect(cifar10(dir, { train: 1 } as unknown as Cifar10Args)).rejects.toThrow('for option train, received 1.');
  await expect(cifar10(dir, { test: true } as Cifar10Args)).rejects.toThrow(
    'for the options of cifar10(), received "test".',
  );
});
