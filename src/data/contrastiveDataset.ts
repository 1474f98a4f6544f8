import * as tf from '@tensorflow/tfjs-core';
import * as tfd from '@tensorflow/tfjs-data';
import { ArgumentError, checkNames, checkNumber, describe } from '../support/errors';
import { permutation, randomStream, uniformInteger } from '../support/random';
import { type DrawKey, tagDraws } from './draws';

/** One image `[H, W, C]`, float32 in 0 … 1 or int32 in 0 … 255, with or without its label. */
export type LabelledImage = tf.Tensor3D | { xs: tf.Tensor3D; ys: tf.Tensor };

/** Images by index, such as an image folder. What `get` makes belongs to the caller, who disposes it. */
export interface ImageSource {
  /** How many images there are. */
  readonly size: number;
  /** Reads one image; `undefined` where the source skips an unreadable one. */
  get(index: number): LabelledImage | undefined | Promise<LabelledImage | undefined>;
}

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
  /** Batches a pass, where the source knows its size. */
  override readonly size: number;

  constructor(
    private readonly source: ImageSource | tfd.Dataset<tf.TensorContainer>,
    private readonly args: ContrastiveDatasetArgs = {},
  ) {
    super();
    checkNames('contrastiveDataset()', args, ['seed', 'shuffle', 'batchSize', 'smallLastBatch', 'initialEpoch']);
    checkNumber('seed', args.seed ?? 0);
    if (typeof args.shuffle === 'number') checkNumber('shuffle', args.shuffle, { min: 1, integer: true });
    if (args.batchSize !== undefined) checkNumber('batchSize', args.batchSize, { min: 1, integer: true });
    this.epoch = checkNumber('initialEpoch', args.initialEpoch ?? 0, { min: 0, integer: true });
    const images = source?.size;
    if (images === 0 || !(source instanceof tfd.Dataset || (images >= 0 && 'get' in source)))
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
    return new ContrastiveDataset(this.source, { ...this.args, batchSize, smallLastBatch, initialEpoch: this.epoch });
  }

  override async iterator() {
    const pass = this.pass();
    // A pass is an asynchronous generator, which tf.data.generator runs although its types name only synchronous ones.
    return tfd.generator(() => pass as unknown as Iterator<tf.TensorContainer>).iterator();
  }

  private async *pass(): AsyncGenerator<{ xs: tf.Tensor; ys: tf.Tensor }> {
    const epoch = this.epoch++;
    const { seed = 0, batchSize, smallLastBatch = true } = this.args;
    const reads = this.readInOrder(epoch, batchSize ?? 1);
    let pending: { image: LabelledImage; index: number }[] = [];
    for await (const read of reads) {
      pending.push(read);
      if (pending.length < (batchSize ?? 1)) continue;
      yield toElement(pending, seed, epoch, batchSize === undefined);
      pending = [];
    }
    if (pending.length > 0 && smallLastBatch) yield toElement(pending, seed, epoch, false);
    else tf.dispose(pending.map(({ image }) => image));
  }

  private async *readInOrder(
    epoch: number,
    concurrency: number,
  ): AsyncGenerator<{ image: LabelledImage; index: number }> {
    const { source } = this;
    const { seed = 0, shuffle = true } = this.args;
    const random = randomStream(seed, epoch, 'order');
    if (source instanceof tfd.Dataset) {
      yield* shuffleStream(readStream(source), shuffle === true ? 1024 : Number(shuffle), random);
      return;
    }
    const order = shuffle ? permutation(random, source.size) : Array.from({ length: source.size }, (_, i) => i);
    for (let start = 0; start < order.length; start += concurrency) {
      const indices = order.slice(start, start + concurrency);
      const settled = await Promise.allSettled(indices.map(async (index) => source.get(index)));
      const failure = settled.find((result) => result.status === 'rejected');
      if (failure) {
        for (const result of settled) if (result.status === 'fulfilled' && result.value) tf.dispose(result.value);
        throw failure.reason;
      }
      for (const [i, result] of settled.entries()) {
        if (result.status === 'fulfilled' && result.value) yield { image: result.value, index: indices[i] };
      }
    }
  }
}

async function* readStream(source: tfd.Dataset<tf.TensorContainer>) {
  const iterator = await source.iterator();
  for (let index = 0; ; index++) {
    const { value, done } = await iterator.next();
    if (done) return;
    yield { image: value as LabelledImage, index };
  }
}

/** Holds up to `size` elements and gives out a random one for each that comes in. */
async function* shuffleStream<T>(stream: AsyncIterable<T>, size: number, random: () => number) {
  const buffer: T[] = [];
  for await (const item of stream) {
    if (buffer.length < size) buffer.push(item);
    else {
      const place = uniformInteger(random, 0, size - 1);
      yield buffer[place];
      buffer[place] = item;
    }
    if (size < 1) yield buffer.pop() as T;
  }
  for (const place of permutation(random, buffer.length)) yield buffer[place];
}

/** Stacks images and labels, disposes the single ones, and says whose draws they get. */
function toElement(reads: { image: LabelledImage; index: number }[], seed: number, epoch: number, single: boolean) {
  const images = reads.map(({ image }) => (image instanceof tf.Tensor ? image : image.xs));
  const labels = reads.map(({ image }) => (image instanceof tf.Tensor ? undefined : image.ys));
  const keys: DrawKey[] = reads.map(({ index }) => ({ seed, epoch, index }));
  const [first] = images;
  for (const image of images) {
    if (
      !(image instanceof tf.Tensor) ||
      image.rank !== 3 ||
      String(image.shape) !== String(first.shape) ||
      image.dtype !== first.dtype
    )
      throw new ArgumentError(
        'the images of contrastiveDataset()',
        `one shape [H, W, C] and type, ${describe(first)}`,
        describe(image),
      );
  }
  const allLabels = labels.every((label) => label !== undefined) ? (labels as tf.Tensor[]) : undefined;
  if (single) return { xs: tagDraws<tf.Tensor>(first, keys), ys: allLabels ? allLabels[0] : tf.zeros([1]) };
  const xs = tagDraws<tf.Tensor>(tf.stack(images), keys);
  const ys = allLabels ? tf.stack(allLabels) : tf.zeros([reads.length, 1]);
  tf.dispose([images, labels.filter((label) => label !== undefined)]);
  return { xs, ys };
}
