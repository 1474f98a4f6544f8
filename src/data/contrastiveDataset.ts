import type * as tf from '@tensorflow/tfjs-core';
import * as tfd from '@tensorflow/tfjs-data';
import { ArgumentError, checkChoice, checkNames, checkNumber, describe } from '../support/errors';
import { permutation, randomStream } from '../support/random';
import { batchReads } from './batchReads';
import { checkOrder, type DataOrder, resumeIndex } from './dataOrder';
import { type ImageSource, readByIndex } from './imageSource';
import { disposeReads, type Read, readStream, shuffleStream, skip } from './reads';

/** Options of `contrastiveDataset`. */
export interface ContrastiveDatasetArgs {
  /** Seed of the order; transforms mix it into their draws. @default 0 */
  seed?: number;
  /**
   * Whether to shuffle: over the whole of an `ImageSource`; over a buffer of so many elements of a `tf.data.Dataset`,
   * where `true` means 1024. @default true
   */
  shuffle?: boolean | number;
  /** Images a batch; without it the elements are single images, and `.batch(n)` sets it. @default single images */
  batchSize?: number;
  /** Whether a last batch of fewer images is given out. @default true */
  smallLastBatch?: boolean;
  /** Number of the first pass, for going on where an earlier run stopped. @default 0 */
  initialEpoch?: number;
  /** Batches (single images without a batch size) that the first pass leaves out, those that were trained. @default 0 */
  initialBatch?: number;
}

/**
 * A dataset whose order is a function of (seed, epoch) and whose images know who they are, so that every random draw
 * downstream is a function of (seed, epoch, index), whatever the batch size, the prefetch or the concurrency.
 *
 * Each pass (`iterator()`, once an epoch in `fitDataset`) is the next epoch, counted from its first element. Elements
 * are `{xs, ys}` with images `[N, H, W, C]` (`[H, W, C]` without a batch size) and labels, zeros `[N, 1]` where the
 * source has none. Images of a batch are read side by side. `.map(twoViews())` and the negatives come right after.
 *
 * @param source An `ImageSource`, or a `tf.data.Dataset` of single images, whose index is their place in it.
 * @throws ArgumentError for bad options, an empty source, and images of different shapes in one batch.
 */
export function contrastiveDataset(
  source: ImageSource | tfd.Dataset<tf.TensorContainer>,
  args: ContrastiveDatasetArgs = {},
): ContrastiveDataset {
  return new ContrastiveDataset(source, args);
}

/** See `contrastiveDataset`. */
export class ContrastiveDataset extends tfd.Dataset<tf.TensorContainer> {
  /** Number of the next pass. */
  epoch: number;
  /** Batches that the next pass leaves out. */
  initialBatch: number;
  /** Batches a pass, where the source knows its size. */
  override readonly size: number;
  /** Images that the source could not give: whoever starts in the middle of a pass must know how far it had come. */
  private readonly skipped = new Set<number>();

  constructor(
    private readonly source: ImageSource | tfd.Dataset<tf.TensorContainer>,
    private readonly args: ContrastiveDatasetArgs = {},
  ) {
    super();
    const names = ['seed', 'shuffle', 'batchSize', 'smallLastBatch', 'initialEpoch', 'initialBatch'];
    checkNames('contrastiveDataset()', args, names);
    checkNumber('seed', args.seed ?? 0);
    if (typeof args.shuffle === 'number') checkNumber('shuffle', args.shuffle, { min: 1, integer: true });
    else checkChoice('shuffle', args.shuffle ?? true, [true, false]);
    checkChoice('smallLastBatch', args.smallLastBatch ?? true, [true, false]);
    if (args.batchSize !== undefined) checkNumber('batchSize', args.batchSize, { min: 1, integer: true });
    this.epoch = checkNumber('initialEpoch', args.initialEpoch ?? 0, { min: 0, integer: true });
    this.initialBatch = checkNumber('initialBatch', args.initialBatch ?? 0, { min: 0, integer: true });
    const images = source?.size;
    const isSource = Number.isInteger(images) && images >= 0 && typeof (source as ImageSource).get === 'function';
    if (images === 0 || !(source instanceof tfd.Dataset || isSource))
      throw new ArgumentError(
        'the source of contrastiveDataset()',
        'images: { size, get(index) } or a tf.data.Dataset',
        describe(source),
      );
    const whole = (args.smallLastBatch ?? true) ? Math.ceil : Math.floor;
    this.size = images > 0 ? whole(images / (args.batchSize ?? 1)) : (null as unknown as number);
  }

  /** Batches the images and keeps their identity, which tfjs's own `batch` would lose. */
  override batch(batchSize: number, smallLastBatch = true): tfd.Dataset<tf.TensorContainer> {
    if (this.args.batchSize !== undefined) return super.batch(batchSize, smallLastBatch);
    const { epoch: initialEpoch, initialBatch } = this;
    return new ContrastiveDataset(this.source, { ...this.args, batchSize, smallLastBatch, initialEpoch, initialBatch });
  }

  /** What the order depends on, for a checkpoint. */
  get order(): DataOrder {
    const { seed = 0, shuffle = true, batchSize = null, smallLastBatch = true } = this.args;
    const images = this.source.size > 0 ? this.source.size : null;
    return { seed, shuffle, batchSize, smallLastBatch, images, skipped: [...this.skipped].sort((a, b) => a - b) };
  }

  /**
   * Makes the next pass that of `epoch`, without its first batches.
   *
   * @param order The order that was saved. @throws ArgumentError if this dataset's is another.
   */
  startAt({ epoch, batch }: { epoch: number; batch: number }, order: DataOrder = this.order): void {
    checkOrder(this.order, order);
    for (const index of order.skipped) this.skipped.add(index);
    this.epoch = epoch;
    this.initialBatch = batch;
  }

  override async iterator() {
    const pass = this.pass();
    // A pass is an asynchronous generator, which tf.data.generator runs although its types name only synchronous ones.
    return tfd.generator(() => pass as unknown as Iterator<tf.TensorContainer>).iterator();
  }

  private async *pass(): AsyncGenerator<{ xs: tf.Tensor; ys: tf.Tensor }> {
    const epoch = this.epoch++;
    const { seed = 0, batchSize, smallLastBatch = true } = this.args;
    const leftOut = this.initialBatch * (batchSize ?? 1);
    this.initialBatch = 0;
    const single = batchSize === undefined;
    let pending: Read[] = [];
    const takePending = () => {
      const element = batchReads(pending, seed, epoch, single);
      pending = [];
      return element;
    };
    try {
      for await (const read of this.readInOrder(epoch, batchSize ?? 1, leftOut)) {
        pending.push(read);
        if (pending.length === (batchSize ?? 1)) yield takePending();
      }
      if (pending.length > 0 && smallLastBatch) yield takePending();
    } finally {
      disposeReads(pending);
    }
  }

  private readInOrder(epoch: number, concurrency: number, leftOut: number): AsyncGenerator<Read> {
    const { source, skipped } = this;
    const { seed = 0, shuffle = true } = this.args;
    const random = randomStream(seed, epoch, 'order');
    if (source instanceof tfd.Dataset)
      return skip(shuffleStream(readStream(source), shuffle === true ? 1024 : Number(shuffle), random), leftOut);
    const order = shuffle ? permutation(random, source.size) : Array.from({ length: source.size }, (_, i) => i);
    const left = order.slice(resumeIndex(leftOut, order, skipped));
    return readByIndex(source, left, concurrency, (index) => skipped.add(index));
  }
}
