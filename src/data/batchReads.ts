import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError, describe } from '../support/errors';
import { labelTensor } from './labels';
import { disposeReads, type Read } from './reads';

/** Groups reads into lists of `batchSize`. */
export async function* groupReads(
  stream: AsyncIterable<Read>,
  batchSize: number,
  smallLastBatch: boolean,
): AsyncGenerator<Read[]> {
  let group: Read[] = [];
  const take = () => {
    const reads = group;
    group = [];
    return reads;
  };
  try {
    for await (const read of stream) {
      group.push(read);
      if (group.length === batchSize) yield take();
    }
    if (group.length > 0 && smallLastBatch) yield take();
  } finally {
    disposeReads(group);
  }
}

/** Stacks images and labels and disposes the single ones. @throws ArgumentError if they do not fit together. */
export function stackReads(reads: readonly Read[]): { xs: tf.Tensor; ys: tf.Tensor } {
  try {
    return tf.tidy(() => {
      const images = reads.map(imageOf);
      checkImages(images);
      const labels = reads.flatMap(labelsOf);
      checkAlike('labels', labels);
      if (labels.length === 0) return { xs: tf.stack(images), ys: tf.zeros([reads.length, 1]) };
      if (labels.length === reads.length) return { xs: tf.stack(images), ys: tf.stack(labels) };
      const received = `${labels.length} for ${reads.length} images`;
      throw new ArgumentError('the labels of contrastiveDataset()', 'one label an image, or no labels', received);
    });
  } finally {
    disposeReads(reads);
  }
}

/** Returns a single image and its label, without a batch axis. @throws ArgumentError for anything else. */
export function singleRead(read: Read): { xs: tf.Tensor; ys: tf.Tensor } {
  try {
    checkImages([imageOf(read)]);
    const [label] = labelsOf(read);
    return { xs: imageOf(read), ys: label ?? tf.zeros([1]) };
  } catch (error) {
    disposeReads([read]);
    throw error;
  }
}

const imageOf = ({ image }: Read): tf.Tensor => (image instanceof tf.Tensor ? image : image?.xs);

/** Returns the label, if there is one. */
function labelsOf({ image }: Read): tf.Tensor[] {
  if (image instanceof tf.Tensor || image.ys === undefined) return [];
  return [labelTensor('the labels of contrastiveDataset()', image.ys)];
}

function checkImages(images: readonly tf.Tensor[]): void {
  for (const image of images) {
    if (image instanceof tf.Tensor && image.rank === 3) continue;
    const hint =
      image instanceof tf.Tensor && image.rank === 4 ? 'Leave .batch() out: batchSize is an option.' : undefined;
    const expected = 'tensors of shape [H, W, C]';
    throw new ArgumentError('the images of contrastiveDataset()', expected, describe(image), hint);
  }
  checkAlike('images', images);
}

function checkAlike(what: string, tensors: readonly tf.Tensor[]): void {
  const kind = ({ shape, dtype }: tf.Tensor) => `${shape} ${dtype}`;
  const other = tensors.find((tensor) => kind(tensor) !== kind(tensors[0]));
  if (other)
    throw new ArgumentError(
      `the ${what} of contrastiveDataset()`,
      `one shape and type in a batch, ${describe(tensors[0])}`,
      describe(other),
    );
}
