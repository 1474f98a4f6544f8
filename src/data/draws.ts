import type * as tf from '@tensorflow/tfjs-core';
import { type Random, randomStream } from '../support/random';

/** What decides an image's random draws: the dataset's seed, the pass over the data, and the image's index in it. */
export interface DrawKey {
  seed: number;
  epoch: number;
  index: number;
}

// The keys ride along with the image tensor: `tf.data` has no other place that survives a `map` and costs no read-back.
const keysOfTensor = new WeakMap<tf.Tensor, readonly DrawKey[]>();

/** Attaches one key an image to a tensor of images. */
export function tagDraws<T extends tf.Tensor>(images: T, keys: readonly DrawKey[]): T {
  keysOfTensor.set(images, keys);
  return images;
}

/** The keys that a seeded dataset attached to a tensor of images, if one did. */
export function drawsOf(images: tf.Tensor): readonly DrawKey[] | undefined {
  return keysOfTensor.get(images);
}

/** Counts elements where no seeded dataset says who they are: epoch 0, index 0, 1, 2 … in order of arrival. */
export function countDraws(): (count: number) => DrawKey[] {
  let next = 0;
  return (count) => Array.from({ length: count }, () => ({ seed: 0, epoch: 0, index: next++ }));
}

/** The random stream of one image for one purpose. */
export function drawStream(seed: number, key: DrawKey, purpose: string): Random {
  return randomStream(seed, key.seed, key.epoch, key.index, purpose);
}
