import { tensorTag } from '../support/tensorTag';

/** Smallest and largest value of images. */
export type ValueRange = [min: number, max: number];

/** The range of the images' values, noted by a dataset that could read them at no cost. */
export const { set: tagExtent, get: extentOf } = tensorTag<ValueRange>('extent of values');

/** Returns the smallest and the largest value; NaN if any value is NaN. */
export function measureExtent(values: ArrayLike<number>): ValueRange {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (Number.isNaN(value)) return [Number.NaN, Number.NaN];
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return [min, max];
}
