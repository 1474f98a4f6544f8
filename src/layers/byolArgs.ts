import type * as tfl from '@tensorflow/tfjs-layers';
import { integer, number, optional } from '../support/options';
import { encoderOption, layerOptions } from './layerArgs';

/** The three networks of BYOL, and how the target follows. */
export interface ByolArgs {
  /** From images to features `[N, F]`. Trained as it is; not copied. */
  encoder: tfl.LayersModel;
  /** From features to projections `[N, D]`, such as a `predictionHead`. @default none: the encoder has its head on */
  projector?: tfl.LayersModel;
  /** From projections to predictions of projections, both `[N, D]`, such as a `predictionHead`. */
  predictor: tfl.LayersModel;
  /** Share of the target network's weights that a step keeps, 0 … 1; see `momentumScheduler`. @default 0.996 */
  momentum?: number;
  /**
   * How many of the negatives, the last ones, were made from the key view. `patchNegative` and `textureNegative` make
   * theirs from the query view, or from the image with the query's params. @default 0
   */
  keyNegatives?: number;
  /** @default chosen by tfjs */
  name?: string;
  /** Whether encoder, projector and predictor are trained. @default true */
  trainable?: boolean;
}

export const byolOptions = {
  encoder: encoderOption,
  projector: optional(encoderOption),
  predictor: encoderOption,
  momentum: number({ min: 0, max: 1, default: 0.996 }),
  keyNegatives: integer({ min: 0, default: 0 }),
  ...layerOptions,
};
