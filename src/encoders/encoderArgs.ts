import type * as tfl from '@tensorflow/tfjs-layers';
import { func, integer, list, type Option, optional, text } from '../support/options';

/** Makes a batch normalization layer: tfjs-layers' own, or a faster one that computes the same. */
export type BatchNormalizationFactory = (args: { momentum: number; epsilon: number }) => tfl.layers.Layer;

/** What every encoder of this package takes. */
export interface EncoderArgs {
  /** `[height, width, channels]` of one image. */
  inputShape?: number[];

  /** The initial weights are a function of this integer and the architecture. @default 0 */
  seed?: number;

  /**
   * Makes the batch normalization layers, with PyTorch's defaults (momentum .9, epsilon 1e-5).
   *
   * @default tfl.layers.batchNormalization
   */
  batchNormalization?: BatchNormalizationFactory;

  /** The model's name. @default chosen by tfjs */
  name?: string;
}

const size = integer({ min: 1 });

/** Makes the option of a list of positive integers. */
/* @__NO_SIDE_EFFECTS__ */
export function sizes(settings: { min?: number; default?: number[] } = {}): Option<number[]> {
  return list(size, `an array of ${settings.min ? `at least ${settings.min} ` : ''}integers`, settings);
}

/* @__NO_SIDE_EFFECTS__ */
export function imageShape(fallback: number[]): Option<number[]> {
  return list(size, 'an array [height, width, channels]', { min: 3, max: 3, default: fallback });
}

/** The options that encoders and heads share. */
export const networkOptions = {
  seed: integer({ default: 0 }),
  batchNormalization: optional(func<BatchNormalizationFactory>()),
  name: optional(text()),
};
