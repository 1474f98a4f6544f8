import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import { cifar10 } from 'tfjs-nonsemantic-negatives/node';
import { ImageSet, type LabeledBatch } from '../../evaluate/imageSet';
import { cifarFolder } from '../cifar10/data';

/** What the nets are trained and tested on. */
export type DataName = 'cifar10' | 'digits';

export interface SmallNetData {
  name: DataName;
  train: LabeledBatch;
  test: LabeledBatch;
}

const imagesPerClass = { train: 800, test: 200 };

/** Returns the first five classes of CIFAR-10. */
export async function readCifar(images: string | undefined): Promise<SmallNetData> {
  const dir = await cifarFolder(images);
  const read = async (part: 'train' | 'test'): Promise<LabeledBatch> => {
    const all = ImageSet.of('CIFAR-10', await cifar10(dir, { train: part === 'train' }));
    const classes = all.classes.slice(0, 5);
    const set = all.ofClasses(classes).perClass(imagesPerClass[part]);
    const { value } = await set.eachBatch(classes, set.size).next();
    return value as LabeledBatch;
  };
  return { name: 'cifar10', train: await read('train'), test: await read('test') };
}

const trainDigits = 1280;

/**
 * Returns the 8 x 8 digits of the UCI repository, scaled up to 20 and padded to 28 pixels: dark pictures, which differ
 * little from each other.
 *
 * @param path A CSV file of 64 values in 0 … 16 and the class a line, such as `optdigits.tes` or scikit-learn's `digits.csv`.
 */
export async function readDigits(path: string): Promise<SmallNetData> {
  const lines = (await readFile(path, 'utf8')).trim().split('\n');
  const rows = lines.map((line) => line.split(',').map(Number));
  const bad = rows.findIndex((row) => row.length !== 65 || row.some(Number.isNaN));
  if (bad >= 0 || rows.length <= trainDigits)
    throw new Error(
      `Expected more than ${trainDigits} lines of 65 numbers in ${path}, received ${lines[bad] ?? rows.length}.`,
    );
  const read = (part: number[][]): LabeledBatch =>
    tf.tidy(() => {
      const digits = tf.tensor4d(
        part.flatMap((row) => row.slice(0, 64)),
        [part.length, 8, 8, 1],
      );
      const scaled = tf.image.resizeBilinear(tf.div(digits, 16) as tf.Tensor4D, [20, 20]);
      const border: [number, number] = [4, 4];
      return {
        xs: tf.pad(scaled, [[0, 0], border, border, [0, 0]]),
        ys: tf.tensor1d(
          part.map((row) => row[64]),
          'int32',
        ),
      };
    });
  return { name: 'digits', train: read(rows.slice(0, trainDigits)), test: read(rows.slice(trainDigits)) };
}
