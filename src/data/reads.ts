import * as tf from '@tensorflow/tfjs-core';
import type * as tfd from '@tensorflow/tfjs-data';
import { type Random, uniformInteger } from '../support/random';
import type { Label } from './labels';

/** One image `[H, W, C]`, float32 in 0 … 1 or int32 in 0 … 255, with or without its label. */
export type LabeledImage = tf.Tensor3D | { xs: tf.Tensor3D; ys?: Label };

/** An image and its index. */
export interface Read {
  image: LabeledImage;
  index: number;
}

/** Drops the first elements of a stream, which must be read to be passed. */
export async function* skip(stream: AsyncIterable<Read>, count: number): AsyncGenerator<Read> {
  let left = count;
  for await (const read of stream) {
    if (left-- > 0) disposeReads([read]);
    else yield read;
  }
}

/** Numbers the elements of a dataset in their order. */
export async function* readStream(source: tfd.Dataset<tf.TensorContainer>): AsyncGenerator<Read> {
  const iterator = await source.iterator();
  for (let index = 0; ; index++) {
    const { value, done } = await iterator.next();
    if (done) return;
    yield { image: value as LabeledImage, index };
  }
}

/** Fills a buffer of `size` elements and yields a random one of it for each that comes in. */
export async function* shuffleStream(stream: AsyncIterable<Read>, size: number, random: Random): AsyncGenerator<Read> {
  const buffer: Read[] = [];
  const takeRandom = () => buffer.splice(uniformInteger(random, 0, buffer.length - 1), 1)[0];
  try {
    for await (const read of stream) {
      buffer.push(read);
      if (buffer.length >= size) yield takeRandom();
    }
    while (buffer.length > 0) yield takeRandom();
  } finally {
    disposeReads(buffer);
  }
}

/** Disposes images and labels. */
export function disposeReads(reads: readonly Read[]): void {
  tf.dispose(reads.map(({ image }) => image as tf.TensorContainer));
}
