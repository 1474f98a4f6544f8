import { boolean, integer, number } from '../support/options';
import { layerOptions } from './layerArgs';

/** Size and initial rows of the queue. */
export interface MemoryQueueArgs {
  /** Number of keys remembered, K: at least a batch, at most 2^24 and 1 GiB. */
  size: number;
  /** Seed of the initial rows, Gaussian vectors scaled to unit length. @default 0 */
  seed?: number;
  /**
   * Whether the first batch in training fills the queue with copies of its keys, instead of random rows. Random rows
   * are nearly orthogonal to all keys, so that the loss starts low and rises until the queue is full. @default false
   */
  warmStart?: boolean;
  /** @default chosen by tfjs */
  name?: string;
  /** Without effect: no optimizer trains a queue. @default true */
  trainable?: boolean;
}

export const memoryQueueOptions = {
  size: integer({ min: 1, max: 2 ** 24 }),
  seed: number({ default: 0 }),
  warmStart: boolean({ default: false }),
  ...layerOptions,
};
