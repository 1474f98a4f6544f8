import { ArgumentError } from '../support/errors';
import { border } from './table';

/** A step from a pixel to another: down and across. */
export type Step = readonly [number, number];

/** How carefully a texture is made. */
export type TextureQuality = 'fast' | 'high';

/** Everything about a synthesis that follows from shapes and quality; lengths are in pixels of their own level. */
export interface TexturePlan {
  /** Height and width of the texture. */
  size: [number, number];
  /** Exemplars an image. */
  exemplars: number;
  channels: number;
  /** Side of an exemplar at each level of the pyramid, finest first. */
  exemplarSizes: number[];
  /** Side of a patch at the coarsest level. */
  patch: number;
  /** Patches down and across at the coarsest level; they cover the output. */
  grid: [number, number];
  /** How far the patch lattice moves, down and across, before each patch pass. */
  shifts: [number, number][];
  /** Width of a patch's rim, where a new patch must agree with what it would replace. */
  rim: number;
  /** Coherent corrections at each level, finest first; at the coarsest one more follows each patch pass. */
  corrections: number[];
  /** Steps, down and across, to the pixels whose continued sources each output pixel averages; its own among them. */
  votes: Step[];
}

export interface PlanRequest {
  exemplars: number;
  exemplarSize: number;
  channels: number;
  size: [number, number];
  quality: TextureQuality;
}

/** Smallest side of an exemplar: two of the smallest patches side by side. */
export const minExemplarSize = 8;

/**
 * Chooses levels, patch size and passes: a patch is 28/96 of an exemplar, and 4 … 9 pixels wide where it is matched.
 */
export function planTexture(request: PlanRequest): TexturePlan {
  const { exemplars, exemplarSize, channels, size, quality } = request;
  if (exemplarSize < minExemplarSize)
    throw new ArgumentError(
      'input exemplars',
      `exemplars of at least ${minExemplarSize} pixels a side`,
      `${exemplarSize}`,
    );
  const side = Math.max(4, (exemplarSize * 28) / 96);
  const top = Math.max(0, Math.floor(Math.log2(side / 4.5)));
  const patch = Math.round(side / 2 ** top);
  const half = Math.ceil(patch / 2);
  // Seams are feathered over about a sixth of a patch.
  const far = side < 18 ? 1 : 2;
  const high = quality === 'high';
  const exemplarSizes = [exemplarSize];
  for (let level = 0; level < top; level++) exemplarSizes.push(exemplarSizes[level] >> 1);
  // The two coarsest levels decide; a third would cost as much as everything else and mend two percent of the seams.
  const corrections = exemplarSizes.map((_, level) => (top - level > 1 ? 0 : high ? 3 : 2));
  return {
    size,
    exemplars,
    channels,
    exemplarSizes,
    patch,
    grid: [Math.ceil(size[0] / 2 ** top / patch), Math.ceil(size[1] / 2 ** top / patch)],
    // More passes would lay the exemplars' large structures out again.
    shifts: [
      [half, half],
      [-half, -half],
    ],
    rim: half,
    corrections,
    votes: high ? [...cross(1), ...diagonals(far)] : cross(far),
  };
}

/** Returns the steps to a pixel and to those `far` from it in rows and columns. */
export function cross(far: number): Step[] {
  return [
    [0, 0],
    [-far, 0],
    [far, 0],
    [0, -far],
    [0, far],
  ];
}

/** Returns the steps to the pixels `far` from a pixel in both directions. */
function diagonals(far: number): Step[] {
  return [
    [-far, -far],
    [-far, far],
    [far, -far],
    [far, far],
  ];
}

/** Counts the rows of one texture's tables, and the pixels that its patches cover. */
function extent({ exemplars, exemplarSizes, grid, patch }: TexturePlan): { rows: number; pixels: number } {
  return {
    rows: exemplars * (exemplarSizes[0] + 2 * border) ** 2,
    pixels: grid[0] * grid[1] * patch ** 2 * 4 ** (exemplarSizes.length - 1),
  };
}

/**
 * Returns the largest index within one texture: that of a table's row, or of one of five candidates a pixel.
 */
export function indexedAtOnce(plan: TexturePlan): number {
  const { rows, pixels } = extent(plan);
  return Math.max(rows, 5 * pixels);
}

/**
 * Returns how many textures are made at once. Row numbers and the indices of five candidates a pixel stay below 2^24,
 * where WebGL's floats are still exact integers; memory stays below about a gigabyte.
 */
export function imagesAtOnce(plan: TexturePlan): number {
  const { rows, pixels } = extent(plan);
  return Math.max(1, Math.floor(Math.min(2 ** 24 / rows, 2 ** 21 / pixels)));
}
