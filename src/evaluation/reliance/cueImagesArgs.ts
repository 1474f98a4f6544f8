import { choice, custom, integer, list, number, optional } from '../../support/options';
import { minExemplarSize, type TextureQuality } from '../../texture/plan';
import { checkMaskRule, type MaskRule } from './objectMasks';

export const cueNames: readonly Cue[] = ['silhouettes', 'edges', 'textures', 'patches', 'conflicts'];

/** A version of a picture that keeps only some of its cues. */
export type Cue = 'silhouettes' | 'edges' | 'textures' | 'patches' | 'conflicts';

/** Which cue images `cueImages` makes, and how. */
export interface CueImagesArgs {
  /**
   * How objects are told from their background: by the alpha channel, a plain background (`backgroundMask`), the middle
   * box (`boxMask`), or given masks, float32 `[N, H, W, 1]` in 0 … 1.
   * @default 'alpha' for two and four channels, else 'background'
   */
  mask?: MaskRule;

  /** Which versions. Silhouettes and conflicts need masks that differ. @default all that the masks allow */
  cues?: Cue[];

  /** Cue conflicts; at most N (N - 1) for N concepts. @default 6000, or all */
  conflicts?: number;

  /**
   * All versions are made smaller by this whole factor, after the textures were made; it divides both sides. @default 1
   */
  downscale?: number;

  /**
   * Side of the square inside the object that its texture is made of. @default a quarter of the shorter side, at least
   * 8
   */
  exemplarSize?: number;

  /** Patches along the shorter side in the shuffled versions. @default 4 */
  grid?: number;

  /** See `synthesizeTexture`. @default 'fast' */
  quality?: TextureQuality;

  /** The versions of picture i are functions of (seed, i). @default 0 */
  seed?: number;
}

export const cueImagesOptions = {
  mask: optional(custom<MaskRule>((name, value) => checkMaskRule(name, value))),
  cues: optional(list(choice(cueNames), 'a list of cues', { min: 1 })),
  conflicts: optional(integer({ min: 1 })),
  downscale: integer({ min: 1, default: 1 }),
  exemplarSize: optional(integer({ min: minExemplarSize })),
  grid: integer({ min: 1, default: 4 }),
  quality: choice(['fast', 'high'], { default: 'fast' }),
  seed: number({ default: 0 }),
};
