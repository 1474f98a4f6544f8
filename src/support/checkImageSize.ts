import { checkNumber } from './checks';
import { ArgumentError, describe } from './errors';
import { custom, type Option, optional } from './options';

/** Returns height and width in pixels. @throws ArgumentError for anything but a positive integer or a pair of them. */
export function checkImageSize(option: string, size: unknown, max?: number): [number, number] {
  const sides = Array.isArray(size) ? size : [size, size];
  if (sides.length !== 2) throw new ArgumentError(`option ${option}`, 'a number or [height, width]', describe(size));
  const check = (side: unknown) => checkNumber(option, side, { min: 1, max, integer: true });
  return [check(sides[0]), check(sides[1])];
}

/** An option: a side, or `[height, width]`, in pixels. */
export const imageSize: Option<[number, number]> = custom(checkImageSize);

/** `imageSize`, which may be left out. */
export const optionalImageSize = optional(imageSize);
