import { ArgumentError, checkNumber, describe } from '../support/errors';
import type { ViewParams } from './mocoV2Augmentation';

/** Height and width of the option `size`. @throws ArgumentError for anything but a positive integer or a pair of them. */
export function checkSize(size: unknown): [number, number] {
  const pair = Array.isArray(size) ? size : [size, size];
  if (pair.length !== 2) throw new ArgumentError('option size', 'a number or [height, width]', describe(size));
  return [
    checkNumber('size', pair[0], { min: 1, integer: true }),
    checkNumber('size', pair[1], { min: 1, integer: true }),
  ];
}

/** Checks draws that may be written by hand, and returns the size that all of them agree on. @throws ArgumentError */
export function checkViewParams(draws: readonly ViewParams[]): ViewParams['size'] {
  for (const { crop, blurSigma, jitter, size } of draws) {
    for (const part of ['top', 'left', 'height', 'width'] as const) checkNumber(`crop.${part}`, crop?.[part]);
    checkNumber('blurSigma', blurSigma, { min: 0 });
    if (size !== undefined) checkSize(size);
    if (jitter) checkJitter(jitter);
  }
  const [{ size }] = draws;
  const other = draws.find((draw) => String(draw.size) !== String(size));
  if (other) throw new ArgumentError('the parameters of apply()', `one size, ${describe(size)}`, describe(other.size));
  return size;
}

function checkJitter(jitter: NonNullable<ViewParams['jitter']>): void {
  const names = ['brightness', 'contrast', 'hue', 'saturation'] as const;
  for (const name of names) checkNumber(`jitter.${name}`, jitter[name]);
  if (!Array.isArray(jitter.order) || [...jitter.order].sort().join() !== names.join())
    throw new ArgumentError('option jitter.order', `an order of ${names.join(', ')}`, describe(jitter.order));
}
