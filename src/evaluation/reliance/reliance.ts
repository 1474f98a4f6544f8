import * as tf from '@tensorflow/tfjs-core';
import { readOptions } from '../../support/options';
import type { ImageBatches } from '../extractFeatures';
import { cueImages } from './cueImages';
import { type CueImagesArgs, cueImagesOptions } from './cueImagesArgs';
import type { Encoder } from './embedInBatches';
import type { RelianceResult } from './figures';
import { type MeasureRelianceArgs, measureReliance, measureRelianceOptions } from './measureReliance';

/** Which cue images are made, and how encoders are measured on them. */
export interface RelianceArgs extends CueImagesArgs, MeasureRelianceArgs {}

export const relianceOptions = { ...cueImagesOptions, ...measureRelianceOptions };

/**
 * Measures what encoders rely on, shape or texture, with pictures made by itself: `cueImages`, then `measureReliance`.
 *
 * Each picture is a concept of its own. It is sought, by cosine, among all pictures from its silhouette, its edges, its
 * texture alone and its shuffled patches; and each cue conflict (the mask of A filled with the texture of B) is taken
 * for A or B, whichever picture is nearer. Intervals are percentiles of a bootstrap over the concepts, paired between
 * encoders.
 *
 * @param pictures Raw images of objects: see `cueImages`.
 * @param encoders By name, the one to compare with first: models, or functions from raw images to features `[N, D]`.
 * @throws ArgumentError if fewer than two pictures are usable, features are not finite, or an input or an option is not
 *   as described.
 */
export async function reliance(
  pictures: ImageBatches,
  encoders: { [name: string]: Encoder },
  args: RelianceArgs = {},
): Promise<RelianceResult> {
  const options = readOptions('reliance', args, relianceOptions);
  const pick = (specs: object) => Object.fromEntries(Object.entries(options).filter(([name]) => name in specs));
  const cues = await cueImages(pictures, pick(cueImagesOptions));
  try {
    return await measureReliance(cues, encoders, pick(measureRelianceOptions));
  } finally {
    tf.dispose(cues);
  }
}
