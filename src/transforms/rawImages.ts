import * as tf from '@tensorflow/tfjs-core';
import { extentOf, measureExtent, type ValueRange } from '../data/valueRange';
import { checkNumber, checkRange } from '../support/checks';
import { ArgumentError } from '../support/errors';
import { custom, type Option, optional } from '../support/options';
import { readLater } from '../support/readLater';
import { warnOnce } from '../support/warnOnce';

/** A pair [min, max] with min < max; left out, it follows from the type of the images. */
export const valueRange: Option<ValueRange | undefined> = optional(
  custom<ValueRange>((name, value) => {
    const [min, max] = checkRange(name, value);
    return [min, checkNumber(`${name}[1]`, max, { above: min })];
  }),
);

/** Returns the range that raw images of a type have by default: 0 … 255 for int32, 0 … 1 for float32. */
const defaultRange = (dtype: string): ValueRange => (dtype === 'int32' ? [0, 255] : [0, 1]);

/** Scales raw images to float32 in 0 … 1: (x - min) / (max - min). */
export function toUnitRange<T extends tf.Tensor>(images: T, range?: ValueRange): T {
  const [min, max] = range ?? defaultRange(images.dtype);
  const floats = images.dtype === 'int32' ? tf.cast(images, 'float32') : images;
  if (min === 0 && max === 1) return floats as T;
  return tf.div(min === 0 ? floats : tf.sub(floats, min), max - min) as T;
}

/** Interpolation overshoots; values this far outside, as a share of the range, come from another range. */
const tolerance = 0.2;

/** Returns the error for images whose values lie outside of their range. */
function rangeError([low, high]: ValueRange, range: ValueRange, owner: string): ArgumentError | undefined {
  const slack = tolerance * (range[1] - range[0]);
  if (low >= range[0] - slack && high <= range[1] + slack) return undefined;
  const [subject, expected] = [`the images of ${owner}()`, `values of ${range[0]} to ${range[1]}`];
  if (Number.isNaN(low)) return new ArgumentError(subject, expected, 'NaN');
  const isCentered = low < 0 && low >= -1.2 && high <= 1.2;
  const guess = isCentered ? '[-1, 1]' : low >= 0 && high <= 255 ? '[0, 255]' : '[min, max]';
  const received = `values of ${round(low)} to ${round(high)}`;
  return new ArgumentError(subject, expected, received, `Scale the images, or give the option range: ${guess}.`);
}

const round = (value: number) => Number(value.toPrecision(3));

/** Reads images off the step, and warns once an owner of values outside of the range. */
async function findRangeError(images: tf.Tensor, range: ValueRange, owner: string): Promise<ArgumentError | undefined> {
  const values = await readLater(images);
  const error = values && rangeError(measureExtent(values), range, owner);
  if (error) warnOnce(error.message, `the range of ${owner}`);
  return error;
}

/** Images that are read: one alone may be black. */
const minImages = 16;

/**
 * Makes a check of raw images that stalls no device.
 *
 * Images of known extent are checked at once. Otherwise the first batch, or the first 16 single images, are read after
 * their call has returned. A wrong range is a warning once the device has answered, and an error at the next call.
 */
export function rangeCheck(owner: string, range?: ValueRange): (images: tf.Tensor4D) => void {
  let unseen = minImages;
  let failure: ArgumentError | undefined;
  return (images) => {
    const expected = range ?? defaultRange(images.dtype);
    const known = extentOf(images);
    failure ??= known && rangeError(known, expected, owner);
    if (failure) throw failure;
    if (!known && unseen > 0)
      findRangeError(images, expected, owner).then((error) => {
        failure ??= error;
      });
    unseen -= images.shape[0];
  };
}

const calls = new Map<string, number>();

/** Checks the 1st, 2nd, 4th, 8th … images of an owner off the step; values outside of the range are a warning. */
export function warnOfRange(owner: string, images: tf.Tensor, range?: ValueRange): void {
  const call = (calls.get(owner) ?? 0) + 1;
  calls.set(owner, call);
  if (Number.isInteger(Math.log2(call))) findRangeError(images, range ?? defaultRange(images.dtype), owner);
}
