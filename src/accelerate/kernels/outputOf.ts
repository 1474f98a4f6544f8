import { ArgumentError } from '../../support/errors';

/** Height and width of an output, and what they follow from. */
interface Geometry {
  outHeight: number;
  outWidth: number;
}

/**
 * The geometry of a gradient, whose output is as large as dy. tfjs does not hand down the rounding that made it so, and
 * gives numeric padding the output of a square window.
 */
export const withOutputOf = <Info extends Geometry>(info: Info, [outHeight, outWidth]: number[]): Info => ({
  ...info,
  outHeight,
  outWidth,
});

type Plane = Geometry &
  Record<`${'in' | 'stride' | 'effectiveFilter'}${'Height' | 'Width'}`, number> & {
    padInfo: { top: number; bottom: number; left: number; right: number };
  };

/** Throws unless a convolution of an image of this geometry, rounded in any way, has an output of this size. */
export function checkOutput(info: Plane, [high, wide]: number[]): void {
  const { padInfo, inHeight, inWidth, strideHeight, strideWidth } = info;
  const rows = (inHeight + padInfo.top + padInfo.bottom - info.effectiveFilterHeight) / strideHeight + 1;
  const columns = (inWidth + padInfo.left + padInfo.right - info.effectiveFilterWidth) / strideWidth + 1;
  if (Math.abs(high - rows) < 1 && Math.abs(wide - columns) < 1) return;
  throw new ArgumentError(
    'the input of a transposed convolution',
    `height and width of ${info.outHeight} x ${info.outWidth}`,
    `${high} x ${wide}`,
    `A convolution makes that of an output of ${inHeight} x ${inWidth}.`,
  );
}
