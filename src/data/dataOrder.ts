import { ArgumentError, describe } from '../support/errors';

/** What decides a dataset's order, and what a run has found out about it: all that its place in the data depends on. */
export interface DataOrder {
  seed: number;
  shuffle: boolean | number;
  batchSize: number | null;
  smallLastBatch: boolean;
  /** Images of the source; null where it does not know. */
  images: number | null;
  /** Indices of images that the source skipped so far, ascending. */
  skipped: number[];
}

/** @throws ArgumentError if a dataset's own order is not the one that was saved, but for what was skipped. */
export function checkOrder({ skipped: _, ...own }: DataOrder, saved: DataOrder): void {
  for (const name of Object.keys(own) as (keyof typeof own)[]) {
    if (own[name] !== saved[name])
      throw new ArgumentError(`the dataset's ${name}`, `${describe(saved[name])}, as saved`, describe(own[name]));
  }
}

/** The place in an order after so many images that the source could give. */
export function resumeIndex(images: number, order: readonly number[], skipped: ReadonlySet<number>): number {
  let place = 0;
  for (let left = images; left > 0 && place < order.length; place++) {
    if (!skipped.has(order[place])) left--;
  }
  return place;
}
