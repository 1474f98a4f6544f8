import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ArgumentError } from '../../support/errors';
import { boolean, choice, readOptions } from '../../support/options';
import { withRecipe } from '../../support/recipe';
import { checkFolderPath } from '../files/checkFolderPath';
import { FileError, failureReason } from '../files/fileError';
import type { Pixels } from './decodeImage';
import { imageFolder } from './imageFolder';
import { ImageReader, type LabeledImages } from './labeledImages';

/** Which part of CIFAR-10 `cifar10` opens, and its type. */
export interface Cifar10Args {
  /** The 50,000 images to train on, or the 10,000 to test on. @default true */
  train?: boolean;
  /** int32 0..255 or float32 0..1. @default 'int32' */
  dtype?: 'int32' | 'float32';
}

export const cifar10Options = {
  train: boolean({ default: true }),
  dtype: choice(['int32', 'float32'], { default: 'int32' }),
};

const classNames = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
const side = 32;
const plane = side * side;

/** One byte of label, then the red, the green and the blue plane. */
const recordBytes = 1 + 3 * plane;

/**
 * Opens CIFAR-10 (Krizhevsky, 2009) as a random-access source: 32 x 32 RGB images of ten classes.
 *
 * @param dir Either the public binary format, `data_batch_1.bin` … and `test_batch.bin`, there or in
 * `cifar-10-batches-bin`; or image files by class, `train/<class>/…` and `test/<class>/…`, which need sharp.
 * @returns int32 [32, 32, 3] in 0..255 (or float32 0..1) and int32 labels [1].
 * @throws ArgumentError where neither is found; FileError on a damaged batch.
 */
export async function cifar10(dir: string, args: Cifar10Args = {}): Promise<LabeledImages> {
  checkFolderPath('input dir', dir);
  const { train, dtype } = readOptions('cifar10', args, cifar10Options);

  const pattern = train ? /^data_batch_\d+\.bin$/ : /^test_batch\.bin$/;
  for (const folder of [dir, join(dir, 'cifar-10-batches-bin')]) {
    const batches = (await readdir(folder).catch(() => [])).filter((name) => pattern.test(name)).sort();
    if (batches.length === 0) continue;
    const records = await readBatches(batches.map((name) => join(folder, name)));
    return withRecipe('cifar10', { dir, args }, new Cifar10(records, dtype));
  }
  const folder = join(dir, train ? 'train' : 'test');
  if (await isFolder(folder)) return imageFolder(folder, { size: side, dtype });
  const expected = `a folder with ${train ? 'data_batch_1.bin … or train/' : 'test_batch.bin or test/'}`;
  throw new ArgumentError('input dir', expected, JSON.stringify(dir));
}

class Cifar10 extends ImageReader {
  readonly labels: readonly number[];
  readonly classNames = classNames;

  constructor(
    private readonly records: readonly Uint8Array[],
    dtype: 'int32' | 'float32',
  ) {
    super(dtype);
    this.labels = records.map((record) => record[0]);
  }

  protected override async read(index: number): Promise<Pixels> {
    const planes = this.records[index].subarray(1);
    const data = new Uint8Array(3 * plane);
    for (let pixel = 0; pixel < plane; pixel++) {
      for (let channel = 0; channel < 3; channel++) data[3 * pixel + channel] = planes[channel * plane + pixel];
    }
    return { data, shape: [side, side, 3] };
  }
}

async function readBatches(paths: string[]): Promise<Uint8Array[]> {
  const records: Uint8Array[] = [];
  for (const path of paths) {
    const bytes = await readFile(path).catch((cause) => {
      throw new FileError('read the batch', path, failureReason(cause), { cause });
    });
    if (bytes.length === 0 || bytes.length % recordBytes !== 0)
      throw new FileError(
        'read the batch',
        path,
        `${bytes.length} bytes are not a whole number of ${recordBytes}-byte records`,
      );
    for (let start = 0; start < bytes.length; start += recordBytes) {
      const record = bytes.subarray(start, start + recordBytes);
      if (record[0] >= classNames.length) {
        const reason = `record ${start / recordBytes} has the label ${record[0]}, where 0 to 9 are expected`;
        throw new FileError('read the batch', path, reason);
      }
      records.push(record);
    }
  }
  return records;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
