import { checkChoice, checkNumber } from '../support/checks';
import { boolean, custom, integer, number, optional } from '../support/options';

/** How images are shuffled and batched, and where the first pass starts. */
export interface ContrastiveDatasetArgs {
  /** Seed of the order; transforms mix it into their params. @default 0 */
  seed?: number;
  /**
   * Whether to shuffle. The images of a `tf.data.Dataset` are shuffled within a buffer of this many, 1024 for `true`;
   * those of other sources all together.
   * @default true
   */
  shuffle?: boolean | number;
  /** Images a batch; without it the elements are single images, and `.batch(n)` sets it. @default single images */
  batchSize?: number;
  /** Whether to keep a last batch of fewer images. @default true */
  smallLastBatch?: boolean;
  /** Number of the first pass, to resume an earlier run. @default 0 */
  initialEpoch?: number;
  /** Batches (single images without a batch size) that the first pass skips, as they were trained. @default 0 */
  initialBatch?: number;
}

export const contrastiveDatasetOptions = {
  seed: number({ default: 0 }),
  shuffle: custom<boolean | number>(
    (name, value) =>
      typeof value === 'number'
        ? checkNumber(name, value, { min: 1, integer: true })
        : checkChoice(name, value, [true, false]),
    { default: true },
  ),
  batchSize: optional(integer({ min: 1 })),
  smallLastBatch: boolean({ default: true }),
  initialEpoch: integer({ min: 0, default: 0 }),
  initialBatch: integer({ min: 0, default: 0 }),
};
