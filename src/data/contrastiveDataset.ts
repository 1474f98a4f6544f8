import type * as tf from '@tensorflow/tfjs-core';
import * as tfd from '@tensorflow/tfjs-data';
import { ArgumentError } from '../support/errors';
import { type OptionValues, readOptions } from '../support/options';
import { type ContrastiveSource, checkSource } from './checkSource';
import { type ContrastiveDatasetArgs, contrastiveDatasetOptions } from './contrastiveDatasetArgs';
import { checkOrder, type DataOrder } from './dataOrder';
import { tagKeys } from './imageKeys';
import { readPass } from './readPass';
import { measureExtent, tagExtent } from './valueRange';

/**
 * Makes a dataset whose order is a function of (seed, epoch). It tags each image with (seed, epoch, index), so that all
 * random params downstream depend on that key alone, whatever the batch size, the prefetch or the concurrency.
 *
 * Each pass (`iterator()`, once an epoch in `fitDataset`) is the next epoch, counted from its first element. Elements
 * are `{xs, ys}` with images `[N, H, W, C]` (`[H, W, C]` without a batch size) and labels, zeros `[N, 1]` where the
 * source has none. `.map(twoViews())` and the negatives come right after.
 *
 * The values of the first batch are read once, before any step; transforms use them to refuse a range other than
 * theirs.
 *
 * @param source An `ImageSource`; images as a tensor `[N, H, W, C]`, alone or as `{ xs, ys }` with labels `[N, …]`,
 * which stay yours to dispose; or a `tf.data.Dataset` of single images, whose index is their place in it.
 * @throws ArgumentError for bad options, an empty source, and a batch size that leaves no batch; a pass throws it for
 * images or labels that do not fit into one batch, and if it has no batch at all.
 */
export function contrastiveDataset(source: ContrastiveSource, args: ContrastiveDatasetArgs = {}): ContrastiveDataset {
  return new ContrastiveDataset(source, args);
}

const brand = Symbol.for('tfjs-nonsemantic-negatives.ContrastiveDataset');

/** Yields images in an order that a seed and the epoch decide; made by `contrastiveDataset`. */
export class ContrastiveDataset extends tfd.Dataset<tf.TensorContainer> {
  /** Recognizes datasets of this package's other build, ESM or CommonJS, too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value;
  }

  /** Number of the next pass. */
  epoch: number;
  /** Batches that the next pass skips. */
  initialBatch: number;
  /** Batches a pass; null where the source does not know its size. */
  override readonly size: number;
  private readonly source: ReturnType<typeof checkSource>;
  private readonly options: OptionValues<typeof contrastiveDatasetOptions>;
  /** Indices that the source skipped: a position in the middle of a pass depends on them. */
  protected readonly skipped = new Set<number>();
  private isMeasured = false;

  constructor(source: ContrastiveSource, args: ContrastiveDatasetArgs = {}) {
    super();
    // Not a field: bundlers keep a class with a computed one, whether it is used or not.
    Object.defineProperty(this, brand, { value: true });
    this.options = readOptions('contrastiveDataset', args, contrastiveDatasetOptions);
    this.source = checkSource(source);
    const { batchSize = 1, smallLastBatch, initialEpoch, initialBatch } = this.options;
    this.epoch = initialEpoch;
    this.initialBatch = initialBatch;
    const images = this.source.size;
    this.size = images > 0 ? (smallLastBatch ? Math.ceil : Math.floor)(images / batchSize) : (null as never);
    if (this.size === 0)
      throw new ArgumentError(
        'option batchSize',
        `a number of at most ${images}`,
        `${batchSize}`,
        'There are no more images, and smallLastBatch: false leaves no batch.',
      );
  }

  /** Batches the images and keeps their keys, which tfjs's own `batch` would lose. */
  override batch(batchSize: number, smallLastBatch = true): tfd.Dataset<tf.TensorContainer> {
    if (this.options.batchSize !== undefined) return super.batch(batchSize, smallLastBatch);
    const { source, options, epoch: initialEpoch, initialBatch } = this;
    const args = { ...options, batchSize, smallLastBatch, initialEpoch, initialBatch };
    return new ContrastiveDataset(source as ContrastiveSource, args);
  }

  /** Everything that the order depends on, for a checkpoint. */
  get order(): DataOrder {
    const { seed, shuffle, batchSize = null, smallLastBatch } = this.options;
    const images = this.source.size > 0 ? this.source.size : null;
    return { seed, shuffle, batchSize, smallLastBatch, images, skipped: [...this.skipped].sort((a, b) => a - b) };
  }

  /**
   * Makes `epoch` the next pass, without its first batches.
   *
   * @param order The order that was saved. @throws ArgumentError if this dataset's is another.
   */
  startAt({ epoch, batch }: { epoch: number; batch: number }, order: DataOrder = this.order): void {
    checkOrder(this.order, order);
    for (const index of order.skipped) this.skipped.add(index);
    this.epoch = epoch;
    this.initialBatch = batch;
  }

  /** Starts the next pass. */
  override async iterator() {
    const pass = this.pass();
    // A pass is an asynchronous generator, which tf.data.generator runs although its types name only synchronous ones.
    return tfd.generator(() => pass as unknown as Iterator<tf.TensorContainer>).iterator();
  }

  /** Returns where a pass starts, and advances to the next one. */
  protected nextPass(): { epoch: number; batch: number } {
    const position = { epoch: this.epoch++, batch: this.initialBatch };
    this.initialBatch = 0;
    return position;
  }

  /** Reads the next pass. */
  protected async *pass(): AsyncGenerator<tf.TensorContainer> {
    const { source, options, skipped } = this;
    const { seed, batchSize = 1, smallLastBatch } = options;
    const { epoch, batch } = this.nextPass();
    const start = batch * batchSize;
    let isEmpty = start === 0;
    for await (const { xs, ys, indices } of readPass(source, options, { epoch, start, skipped })) {
      isEmpty = false;
      await this.measureOnce(xs);
      const keys = indices.map((index) => ({ seed, epoch, index }));
      yield { xs: tagKeys(xs, keys), ys };
    }
    if (!isEmpty) return;
    const isWhole = smallLastBatch || batchSize === 1;
    const expected = isWhole ? 'at least one image' : `images for a batch of ${batchSize}`;
    const received = `${isWhole ? 'none' : 'fewer'}${skipped.size > 0 ? `: ${skipped.size} were skipped` : ''}`;
    throw new ArgumentError('the source of contrastiveDataset()', expected, received, 'The epoch has no steps.');
  }

  /** Reads the first batch back here, where no step waits for it. */
  private async measureOnce(images: tf.Tensor): Promise<void> {
    if (this.isMeasured || !['float32', 'int32'].includes(images.dtype)) return;
    this.isMeasured = true;
    tagExtent(images, measureExtent(await images.data()));
  }
}
