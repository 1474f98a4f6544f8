import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError, describe } from '../support/errors';
import { type ImageKey, tagKeys } from './imageKeys';
import { disposeReads, type Read } from './reads';

/** Stacks images and labels, disposes the single ones, and says whose draws they get. */
export function batchReads(reads: readonly Read[], seed: number, epoch: number, single: boolean) {
  const images = reads.map(({ image }) => (image instanceof tf.Tensor ? image : image?.xs));
  const labels = reads.flatMap(({ image }) => (image instanceof tf.Tensor ? [] : [image.ys]));
  const keys: ImageKey[] = reads.map(({ index }) => ({ seed, epoch, index }));
  checkImages(images);
  for (const label of labels) {
    if (!(label instanceof tf.Tensor))
      throw new ArgumentError('the labels of contrastiveDataset()', 'tensors', describe(label));
  }
  checkAlike('labels', labels);
  if (single) return { xs: tagKeys<tf.Tensor>(images[0], keys), ys: labels[0] ?? tf.zeros([1]) };
  const element = tf.tidy(() => ({
    xs: tagKeys(tf.stack(images), keys),
    ys: labels.length === reads.length ? tf.stack(labels) : tf.zeros([reads.length, 1]),
  }));
  disposeReads(reads);
  return element;
}

function checkImages(images: readonly tf.Tensor[]): void {
  for (const image of images) {
    if (!(image instanceof tf.Tensor) || image.rank !== 3)
      throw new ArgumentError('the images of contrastiveDataset()', 'tensors of shape [H, W, C]', describe(image));
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
