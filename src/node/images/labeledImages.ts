import * as tf from '@tensorflow/tfjs-core';
import * as tfd from '@tensorflow/tfjs-data';
import { ArgumentError, describe } from '../../support/errors';
import type { Pixels } from './decodeImage';

/** One image and its label. */
export type LabeledElement = {
  /** `[H, W, C]`: int32 0..255 or float32 0..1. */
  xs: tf.Tensor3D;
  /** int32 [1]: the class index; -1 for an image without a class, 0 where there are no classes at all. */
  ys: tf.Tensor1D;
};

/** Images decoded ahead of the consumer: sharp has four threads, and a few more in the queue keep them busy. */
const lookAhead = 8;

/** A random-access source of labeled images, for `contrastiveDataset(source, …)`, or for `tf.data` as it is. */
export interface LabeledImages {
  /** Of the images: int32 0..255 or float32 0..1. */
  readonly dtype: 'int32' | 'float32';

  /** The class index of each image; -1 for an image without a class. */
  readonly labels: readonly number[];

  /** The classes, in the order of their indices; empty where there are none. */
  readonly classNames: readonly string[];

  /** The number of images. */
  readonly size: number;

  /**
   * Reads one image and its label; resolves to undefined for an unreadable one that is skipped.
   *
   * @param index 0..size - 1
   * @throws ArgumentError for any other index.
   */
  get(index: number): Promise<LabeledElement | undefined>;

  /**
   * Returns all images in order, without the skipped ones; a few are decoded ahead.
   *
   * @throws ArgumentError, from the dataset, if every image is skipped.
   */
  toDataset(): tfd.Dataset<LabeledElement>;
}

/** Makes tensors of the pixels that a subclass reads. */
export abstract class ImageReader implements LabeledImages {
  abstract readonly labels: readonly number[];
  abstract readonly classNames: readonly string[];

  protected constructor(readonly dtype: 'int32' | 'float32') {}

  /** Decodes one image outside of tfjs; resolves to undefined for an image to skip. */
  protected abstract read(index: number): Promise<Pixels | undefined>;

  get size(): number {
    return this.labels.length;
  }

  async get(index: number): Promise<LabeledElement | undefined> {
    if (!Number.isInteger(index) || index < 0 || index >= this.size)
      throw new ArgumentError('input index', `an integer of 0 to ${this.size - 1}`, describe(index));
    const pixels = await this.read(index);
    return pixels && this.toTensors(pixels, index);
  }

  toDataset(): tfd.Dataset<LabeledElement> {
    return tfd.generator(() => this.readAll());
  }

  private async *readAll(): AsyncGenerator<LabeledElement> {
    // Pixels wait here, not tensors: a consumer that stops early, or meets an error, leaks nothing.
    const ahead: Promise<Pixels | undefined>[] = [];
    let isEmpty = true;
    for (let index = 0; index < this.size; index++) {
      while (ahead.length < Math.min(lookAhead, this.size - index)) {
        const reading = this.read(index + ahead.length);
        // Reported when its turn comes; until then, and if it never does, it is not an unhandled rejection.
        reading.catch(() => {});
        ahead.push(reading);
      }
      const pixels = await ahead.shift();
      if (!pixels) continue;
      isEmpty = false;
      yield this.toTensors(pixels, index);
    }
    if (isEmpty)
      throw new ArgumentError('the source of toDataset()', 'at least one readable image', `${this.size} skipped`);
  }

  private toTensors({ data, shape }: Pixels, index: number): LabeledElement {
    const values = this.dtype === 'int32' ? new Int32Array(data) : new Float32Array(data).map((value) => value / 255);
    const label = this.classNames.length === 0 ? 0 : this.labels[index];
    return { xs: tf.tensor3d(values, shape, this.dtype), ys: tf.tensor1d([label], 'int32') };
  }
}
