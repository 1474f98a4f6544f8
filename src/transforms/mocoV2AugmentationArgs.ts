import { optionalImageSize } from '../support/checkImageSize';
import { number, optional, range } from '../support/options';
import { type NormalizeArgs, normalizeOptions } from './normalize';

/** How much views are cropped, jittered, blurred and flipped, and what they are normalized by. */
export interface MocoV2AugmentationArgs extends NormalizeArgs {
  /** Side of the output, or `[height, width]`, in pixels. @default the image's own */
  size?: number | [number, number];
  /** Share of the area that a crop keeps, above 0. @default [0.2, 1]; [0.5, 1] for views with a side below 64 pixels */
  scale?: [number, number];
  /** Aspect ratio, width by height, of a crop; above 0. @default [3/4, 4/3] */
  ratio?: [number, number];
  /** Brightness factors are sampled within 1 ± this, at least 0. @default 0.4 */
  brightness?: number;
  /** Contrast factors are sampled within 1 ± this, at least 0. @default 0.4 */
  contrast?: number;
  /** Saturation factors are sampled within 1 ± this, at least 0. @default 0.4 */
  saturation?: number;
  /** Hue shifts are sampled within ± this share of the color circle, 0 … 0.5. @default 0.1 */
  hue?: number;
  /** Probability that an image's colors are jittered. @default 0.8 */
  jitterProbability?: number;
  /** Probability that an image becomes gray. @default 0.2 */
  grayscaleProbability?: number;
  /** Range of the Gaussian blur's sigma, in pixels of the output; at least 0. @default [0.1, 2] */
  blurSigma?: [number, number];
  /**
   * Probability that an image is blurred.
   * @default 0.5; 0 for views with a side below 64 pixels, where such a sigma erases the object, unless `blurSigma` is
   * given
   */
  blurProbability?: number;
  /** Probability that an image is mirrored. @default 0.5 */
  flipProbability?: number;
}

const strength = (fallback: number) => number({ min: 0, default: fallback });
const probability = (fallback: number) => number({ min: 0, max: 1, default: fallback });

export const mocoV2AugmentationOptions = {
  size: optionalImageSize,
  scale: optional(range({ above: 0, max: 1 })),
  ratio: range({ above: 0, default: [3 / 4, 4 / 3] }),
  brightness: strength(0.4),
  contrast: strength(0.4),
  saturation: strength(0.4),
  hue: number({ min: 0, max: 0.5, default: 0.1 }),
  jitterProbability: probability(0.8),
  grayscaleProbability: probability(0.2),
  blurSigma: optional(range({ min: 0 })),
  blurProbability: optional(number({ min: 0, max: 1 })),
  flipProbability: probability(0.5),
  ...normalizeOptions,
};
