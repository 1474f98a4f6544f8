import { type Random, randomStream } from '../support/random';
import { tensorTag } from '../support/tensorTag';

/** Identifies an image: all its random draws depend on this key and a transform's seed. */
export interface ImageKey {
  /** The dataset's seed. */
  seed: number;
  /** Number of the pass over the data. */
  epoch: number;
  /** The image's place in the source. */
  index: number;
}

/** One key for each image of a tensor: `tf.data` has no other place that survives a `map` without a read-back. */
export const { set: tagKeys, get: keysOf } = tensorTag<readonly ImageKey[]>('image keys');

/** Returns keys where no seeded dataset gave any: epoch 0, index 0, 1, 2 … in order of arrival. */
export function countKeys(): (count: number) => ImageKey[] {
  let next = 0;
  return (count) => Array.from({ length: count }, () => ({ seed: 0, epoch: 0, index: next++ }));
}

/** Returns the random stream of one image for one purpose. */
export function imageStream(seed: number, key: ImageKey, purpose: string): Random {
  return randomStream(seed, key.seed, key.epoch, key.index, purpose);
}
