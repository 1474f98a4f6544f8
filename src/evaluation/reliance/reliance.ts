import * as tf from '@tensorflow/tfjs-core';
import { checkNames } from '../../support/errors';
import type { ImageBatches } from '../extractFeatures';
import { type CueImagesArgs, cueImages, cueOptionNames } from './cueImages';
import type { Encoder } from './embed';
import type { RelianceResult } from './figures';
import { type MeasureRelianceArgs, measureOptionNames, measureReliance } from './measureReliance';

/** Which cue images are made, and how encoders are measured on them. */
export interface RelianceArgs extends CueImagesArgs, MeasureRelianceArgs {}

/**
 * Measures what encoders rely on, shape or texture, with pictures made by itself: `cueImages`, then `measureReliance`.
 *
 * Each picture is a concept of its own. It is sought, by cosine, among all pictures from its silhouette, its edges, its
 * texture alone and its shuffled patches; and each cue conflict (the mask of A filled with the texture of B) is taken for
 * A or B, whichever picture is nearer. Intervals are percentiles of a bootstrap over the concepts, paired between encoders.
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
  checkNames('reliance', args, [...cueOptionNames, ...measureOptionNames]);
  const pick = (names: readonly string[]) =>
    Object.fromEntries(Object.entries(args).filter(([name]) => names.includes(name)));
  const cues = await cueImages(pictures, pick(cueOptionNames));
  try {
    return await measureReliance(cues, encoders, pick(measureOptionNames));
  } finally {
    tf.dispose(cues);
  }
}
