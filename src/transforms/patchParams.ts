import { checkNumber } from '../support/checks';
import { ArgumentError, describe } from '../support/errors';

/** Params of one patch negative: the canvas is a grid of square cells, each an independent crop of the image. */
export interface PatchParams {
  /** Side of a cell in pixels. */
  patchSize: number;
  /** `[top, left]` of each cell's crop in the image, the grid row by row. */
  offsets: readonly (readonly [number, number])[];
  /** Rows and columns of the grid; spare ones beyond the canvas are cut off. @default ceil(H / p) by ceil(W / p) */
  grid?: readonly [number, number];
}

/** Rows and columns of the grid for an image of `height` by `width`. */
export function gridOf({ patchSize, grid }: PatchParams, height: number, width: number): readonly [number, number] {
  return grid ?? [Math.ceil(height / patchSize), Math.ceil(width / patchSize)];
}

/** Checks that patch size, grid and offsets fit an image of `height` by `width`. @throws ArgumentError */
export function checkPatchParams(params: PatchParams, height: number, width: number): void {
  const { patchSize, offsets } = params;
  checkNumber('patchSize', patchSize, { min: 1, max: Math.min(height, width), integer: true });
  if (!Array.isArray(offsets)) throw new ArgumentError('option offsets', 'a list of [top, left]', describe(offsets));
  const [rows, columns] = gridOf(params, height, width);
  if (rows * patchSize < height || columns * patchSize < width || offsets.length !== rows * columns)
    throw new ArgumentError(
      'option offsets',
      `${rows} x ${columns} crops of ${patchSize} pixels that cover ${height} x ${width}`,
      `${offsets.length} crops`,
    );
  for (const [top, left] of offsets) {
    checkNumber('offsets (top)', top, { min: 0, max: height - patchSize, integer: true });
    checkNumber('offsets (left)', left, { min: 0, max: width - patchSize, integer: true });
  }
}
