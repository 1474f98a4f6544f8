import type * as tf from '@tensorflow/tfjs-core';
import type * as tfd from '@tensorflow/tfjs-data';
import { isDataset } from '../support/isDataset';
import type { OptionValues } from '../support/options';
import { permutation, type Random, randomStream } from '../support/random';
import { groupReads, singleRead, stackReads } from './batchReads';
import type { contrastiveDatasetOptions } from './contrastiveDatasetArgs';
import { resumeIndex } from './dataOrder';
import { type ImageSource, readByIndex } from './imageSource';
import { type Read, readStream, shuffleStream, skip } from './reads';
import { TensorImages } from './tensorImages';

type Options = OptionValues<typeof contrastiveDatasetOptions>;

/** One element of a pass, and the indices of its images. */
interface IndexedElement {
  xs: tf.Tensor;
  ys: tf.Tensor;
  indices: readonly number[];
}

/** Which pass, how many of its images are skipped as trained, and which ones the source has skipped so far. */
interface Position {
  epoch: number;
  start: number;
  skipped: Set<number>;
}

/** Reads one pass in its order, as batches, or as single images without a batch size. */
export async function* readPass(
  source: ImageSource | TensorImages | tfd.Dataset<tf.TensorContainer>,
  options: Options,
  position: Position,
): AsyncGenerator<IndexedElement> {
  const { batchSize, smallLastBatch, seed } = options;
  const random = randomStream(seed, position.epoch, 'order');
  if (source instanceof TensorImages) {
    const indices = orderOf(source.size, options, random).slice(position.start);
    for (const chunk of chunksOf(indices, batchSize ?? 1, smallLastBatch))
      yield { ...(batchSize === undefined ? source.takeOne(chunk[0]) : source.take(chunk)), indices: chunk };
    return;
  }
  const stream = isDataset(source)
    ? readDataset(source, options, position, random)
    : readSource(source, options, position, random);
  for await (const reads of groupReads(stream, batchSize ?? 1, smallLastBatch)) {
    const indices = reads.map(({ index }) => index);
    yield { ...(batchSize === undefined ? singleRead(reads[0]) : stackReads(reads)), indices };
  }
}

function readSource(source: ImageSource, options: Options, { start, skipped }: Position, random: Random) {
  const order = orderOf(source.size, options, random);
  const rest = order.slice(resumeIndex(start, order, skipped));
  return readByIndex(source, rest, options.batchSize ?? 1, (index) => skipped.add(index));
}

function readDataset(
  source: tfd.Dataset<tf.TensorContainer>,
  { shuffle }: Options,
  { start }: Position,
  random: Random,
): AsyncGenerator<Read> {
  return skip(shuffleStream(readStream(source), shuffle === true ? 1024 : Number(shuffle), random), start);
}

function orderOf(size: number, { shuffle }: Options, random: Random): number[] {
  return shuffle ? permutation(random, size) : Array.from({ length: size }, (_, i) => i);
}

function chunksOf(indices: readonly number[], size: number, smallLast: boolean): number[][] {
  const count = (smallLast ? Math.ceil : Math.floor)(indices.length / size);
  return Array.from({ length: count }, (_, i) => indices.slice(i * size, (i + 1) * size));
}
