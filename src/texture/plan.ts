import { ArgumentError } from '../support/errors';
import { border } from './table';

/** A step from a pixel to another: down and across. */
export type Step = readonly [number, number];

/** How carefully a texture is made. */
export type TextureQuality = 'fast' | 'high';

/** One replacement of all patches. */
export interface PatchPass {
  /** How far the patch lattice moves first. */
  shift: Step;
  /** Whether exemplar patches that many places want lose some of them to others. */
  isPriced: boolean;
}

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
  /** The patch passes, in order. */
  passes: PatchPass[];
  /** Width of a patch's rim, where a new patch must agree with what it would replace. */
  rim: number;
  /** Coherent corrections at the finest level that has sources; each coarser one has one, as has each patch pass. */
  corrections: number;
  /** Side of the block of an exemplar's finest pixels that a source at the last level shows. */
  block: number;
  /** Steps, down and across, to the sources whose continuations each block averages; its own among them. */
  votes: readonly Step[];
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
  const high = quality === 'high';
  const exemplarSizes = [exemplarSize];
  for (let level = 0; level < top; level++) exemplarSizes.push(exemplarSizes[level] >> 1);
  return {
    size,
    exemplars,
    channels,
    exemplarSizes,
    patch,
    grid: [Math.ceil(size[0] / 2 ** top / patch), Math.ceil(size[1] / 2 ** top / patch)],
    // More passes would lay the exemplars' large structures out again.
    passes: [
      // Priced in the last pass too, seams would show more and nothing else would change.
      { shift: [half, half], isPriced: true },
      { shift: [-half, -half], isPriced: false },
    ],
    rim: half,
    corrections: high ? 3 : 1,
    // The two coarsest levels decide; a third would cost as much as everything else and mend two percent of the seams.
    block: 2 ** Math.max(0, top - 1),
    votes: high ? square : cross,
  };
}

/** Steps to a pixel and to its four neighbors. */
export const cross: readonly Step[] = [
  [0, 0],
  [-1, 0],
  [1, 0],
  [0, -1],
  [0, 1],
];

/** Steps to a pixel and to its eight neighbors. */
const square: readonly Step[] = [...cross, [-1, -1], [-1, 1], [1, -1], [1, 1]];

/** Counts the rows of one texture's largest table, and the pixels that its patches cover. */
function extent({ exemplars, exemplarSizes, block, grid, patch }: TexturePlan): { rows: number; pixels: number } {
  return {
    rows: exemplars * (Math.floor(exemplarSizes[0] / block) + 2 * border) ** 2,
    pixels: grid[0] * grid[1] * patch ** 2 * 4 ** (exemplarSizes.length - 1),
  };
}

/**
 * Returns the largest index within one texture: that of a table's row, or of one of five candidates a source.
 */
export function indexedAtOnce(plan: TexturePlan): number {
  const { rows, pixels } = extent(plan);
  return Math.max(rows, (5 * pixels) / plan.block ** 2);
}

/**
 * Returns how many textures are made at once. Row numbers and the indices of five candidates a pixel stay below 2^24,
 * where WebGL's floats are still exact integers; memory stays below about a gigabyte.
 */
export function imagesAtOnce(plan: TexturePlan): number {
  const { rows, pixels } = extent(plan);
  return Math.max(1, Math.floor(Math.min(2 ** 24 / rows, 2 ** 21 / pixels)));
}
