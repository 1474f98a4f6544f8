import type * as tf from '@tensorflow/tfjs-core';
import { type Random, randomStream } from '../support/random';

/** What decides an image's random draws: the dataset's seed, the pass over the data, and the image's index in it. */
export interface ImageKey {
  seed: number;
  epoch: number;
  index: number;
}

// The keys ride along with the image tensor: `tf.data` has no other place that survives a `map` and costs no read-back.
const keysOfTensor = new WeakMap<tf.Tensor, readonly ImageKey[]>();

/** Attaches one key an image to a tensor of images. */
export function tagKeys<T extends tf.Tensor>(images: T, keys: readonly ImageKey[]): T {
  keysOfTensor.set(images, keys);
  return images;
}

/** The keys that a seeded dataset attached to a tensor of images, if one did. */
export function keysOf(images: tf.Tensor): readonly ImageKey[] | undefined {
  return keysOfTensor.get(images);
}

/** Counts elements where no seeded dataset says who they are: epoch 0, index 0, 1, 2 … in order of arrival. */
export function countKeys(): (count: number) => ImageKey[] {
  let next = 0;
  return (count) => Array.from({ length: count }, () => ({ seed: 0, epoch: 0, index: next++ }));
}

/** The random stream of one image for one purpose. */
export function imageStream(seed: number, key: ImageKey, purpose: string): Random {
  return randomStream(seed, key.seed, key.epoch, key.index, purpose);
}
