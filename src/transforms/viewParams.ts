import { checkImageSize } from '../support/checkImageSize';
import { checkNumber } from '../support/checks';
import { ArgumentError, describe } from '../support/errors';
import type { ColorJitter } from './operations/colorJitter';
import type { Crop } from './operations/resizedCrop';

/** Params of one view, a plain object. */
export interface ViewParams {
  /** The part of the image that is resized to the view. */
  crop: Crop;
  /** Whether the view is mirrored, left to right. */
  flip: boolean;
  /** Absent: the colors stay. */
  jitter?: ColorJitter;
  /** Whether the channels are replaced by the luma. */
  grayscale: boolean;
  /** 0: not blurred. */
  blurSigma: number;
  /**
   * Height and width of the view, one for a whole batch; the option `size` takes precedence.
   * @default the image's own
   */
  size?: readonly [number, number];
}

/** Checks params, which may be written by hand, and returns the size that all of them share. @throws ArgumentError */
export function checkViewParams(params: readonly ViewParams[]): ViewParams['size'] {
  for (const { crop, blurSigma, jitter, size } of params) {
    for (const part of ['top', 'left', 'height', 'width'] as const) checkNumber(`crop.${part}`, crop?.[part]);
    checkNumber('blurSigma', blurSigma, { min: 0 });
    if (size !== undefined) checkImageSize('size', size);
    if (jitter) checkJitter(jitter);
  }
  const [{ size }] = params;
  const other = params.find((entry) => String(entry.size) !== String(size));
  if (other) throw new ArgumentError('the params of apply()', `one size, ${describe(size)}`, describe(other.size));
  return size;
}

function checkJitter(jitter: NonNullable<ViewParams['jitter']>): void {
  const names = ['brightness', 'contrast', 'hue', 'saturation'] as const;
  for (const name of names) checkNumber(`jitter.${name}`, jitter[name]);
  if (!Array.isArray(jitter.order) || [...jitter.order].sort().join() !== names.join())
    throw new ArgumentError('option jitter.order', `an order of ${names.join(', ')}`, describe(jitter.order));
}
