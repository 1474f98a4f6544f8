import { Tensor } from '@tensorflow/tfjs-core';
import { ArgumentError, describe } from './errors';

export interface NumberBounds {
  /** Smallest value allowed. */
  min?: number;
  /** Largest value allowed. */
  max?: number;
  /** The value must be strictly greater. */
  above?: number;
  integer?: boolean;
}

/** Returns `value` if it is a finite number within the bounds. @throws ArgumentError otherwise. */
export function checkNumber(option: string, value: unknown, bounds: NumberBounds = {}): number {
  const { min, max, above, integer } = bounds;
  const fits =
    typeof value === 'number' &&
    Number.isFinite(value) &&
    (!integer || Number.isInteger(value)) &&
    (min === undefined || value >= min) &&
    (max === undefined || value <= max) &&
    (above === undefined || value > above);
  if (fits) return value;
  const limits = [
    above === undefined ? '' : `above ${above}`,
    min === undefined ? '' : `of at least ${min}`,
    max === undefined ? '' : `of at most ${max}`,
  ].filter(Boolean);
  const noun = integer ? 'an integer' : 'a number';
  throw new ArgumentError(`option ${option}`, [noun, limits.join(' and ')].filter(Boolean).join(' '), describe(value));
}

/** Returns `value` if it is one of `choices`. @throws ArgumentError otherwise. */
export function checkChoice<T>(option: string, value: unknown, choices: readonly T[]): T {
  if (choices.includes(value as T)) return value as T;
  throw new ArgumentError(`option ${option}`, `one of ${choices.map(describe).join(', ')}`, describe(value));
}

/** Returns `value` if it is an ascending pair of numbers within the bounds. @throws ArgumentError otherwise. */
export function checkRange(option: string, value: unknown, bounds: NumberBounds = {}): [number, number] {
  if (!Array.isArray(value) || value.length !== 2)
    throw new ArgumentError(`option ${option}`, 'a pair [min, max]', describe(value));
  const low = checkNumber(`${option}[0]`, value[0], bounds);
  const high = checkNumber(`${option}[1]`, value[1], bounds);
  if (low > high) throw new ArgumentError(`option ${option}`, 'an ascending pair [min, max]', describe(value));
  return [low, high];
}

/**
 * Returns a copy of `value` if it is a list of a fitting length whose entries pass `checkEntry` (sparse entries are
 * checked too).
 *
 * @throws ArgumentError otherwise.
 */
export function checkList<T>(
  option: string,
  value: unknown,
  expected: string,
  fits: (length: number) => boolean,
  checkEntry: (name: string, entry: unknown) => T,
): T[] {
  if (!Array.isArray(value) || !fits(value.length))
    throw new ArgumentError(`option ${option}`, expected, describe(value));
  return Array.from(value, (entry, i) => checkEntry(`${option}[${i}]`, entry));
}

/** Returns `value` if it is text. @throws ArgumentError otherwise. */
export function checkText(option: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new ArgumentError(`option ${option}`, 'some text', describe(value));
}

/** Returns `value` if it is a function. @throws ArgumentError otherwise. */
export function checkFunction<T extends (...args: never[]) => unknown>(option: string, value: T): T {
  if (typeof value === 'function') return value;
  throw new ArgumentError(`option ${option}`, 'a function', describe(value));
}

/**
 * Returns `value` if it is a tensor of numbers, not disposed, that `fits`.
 *
 * @param subject What it is, such as `input images`.
 * @throws ArgumentError otherwise.
 */
export function checkTensor<T extends Tensor>(
  subject: string,
  value: T,
  expected: string,
  fits: (tensor: T) => boolean = () => true,
): T {
  const numeric = value instanceof Tensor && !value.isDisposed && ['float32', 'int32'].includes(value.dtype);
  if (numeric && fits(value)) return value;
  throw new ArgumentError(subject, expected, describe(value));
}
