import { tensorTag } from '../support/tensorTag';

/** Least and greatest value of images. */
export type ValueRange = [min: number, max: number];

/** The values that images were found to have, by a dataset that could read them for free. */
export const { set: tagExtent, get: extentOf } = tensorTag<ValueRange>('extent of values');

/** Returns the least and the greatest value; NaN if one is no number. */
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
