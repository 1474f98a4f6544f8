import { ArgumentError, describe } from '../support/errors';

/** Why another order, model or optimizer does not fit. */
export const savedHint = 'The training was saved with the expected value.';

/** Everything needed to restore a position in a dataset. */
export interface DataOrder {
  /** Seed of the order, an integer. */
  seed: number;
  /** Whether images are shuffled, or the size of the buffer in which they are. */
  shuffle: boolean | number;
  /** Images a batch; null for single images. */
  batchSize: number | null;
  /** Whether a pass ends with a smaller batch where images are left over. */
  smallLastBatch: boolean;
  /** Number of images; null where the source does not know. */
  images: number | null;
  /** Indices of images that the source skipped so far, ascending. */
  skipped: number[];
}

/** Compares a dataset's order with a saved one; what was skipped may differ. @throws ArgumentError if they differ. */
export function checkOrder({ skipped: _, ...own }: DataOrder, saved: DataOrder): void {
  for (const name of Object.keys(own) as (keyof typeof own)[]) {
    if (own[name] !== saved[name])
      throw new ArgumentError(`the dataset's ${name}`, describe(saved[name]), describe(own[name]), savedHint);
  }
}

/** Returns the place in an order after `images` images that were not skipped. */
export function resumeIndex(images: number, order: readonly number[], skipped: ReadonlySet<number>): number {
  let place = 0;
  for (let left = images; left > 0 && place < order.length; place++) {
    if (!skipped.has(order[place])) left--;
  }
  return place;
}
