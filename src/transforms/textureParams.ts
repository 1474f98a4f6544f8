import { checkNumber } from '../support/checks';
import { ArgumentError, describe } from '../support/errors';
import { minExemplarSize } from '../texture/plan';

/** Params of one texture negative. */
export interface TextureParams {
  /** Side of the exemplars in pixels. */
  exemplarSize: number;
  /** `[top, left]` of each exemplar in the image: one at the center, one at a random place. */
  offsets: readonly (readonly [number, number])[];
  /** Seed of the synthesis. */
  seed: number;
}

/** Checks that all images of a batch have as many exemplars, of one size, within the image. @throws ArgumentError */
export function checkTextureParams(params: readonly TextureParams[], height: number, width: number): void {
  const [{ exemplarSize: size, offsets: first }] = params;
  for (const entry of params) {
    const { exemplarSize, offsets, seed } = entry;
    if (exemplarSize !== size || !Array.isArray(offsets) || offsets.length !== first?.length || first.length === 0)
      throw new ArgumentError(
        'the params of apply()',
        `${first?.length} exemplars of ${size} pixels for every image of a batch`,
        describe(entry),
      );
    checkNumber('exemplarSize', size, { min: minExemplarSize, max: Math.min(height, width), integer: true });
    for (const [top, left] of offsets) {
      checkNumber('offsets (top)', top, { min: 0, max: height - size, integer: true });
      checkNumber('offsets (left)', left, { min: 0, max: width - size, integer: true });
    }
    checkNumber('seed', seed);
  }
}
