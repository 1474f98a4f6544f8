import * as tf from '@tensorflow/tfjs-core';
import { LayersModel } from '@tensorflow/tfjs-layers';
import { ArgumentError, describe } from '../../support/errors';
import { l2Normalize } from '../../support/l2Normalize';
import { func, integer, list, number, readOptions, text } from '../../support/options';
import { normalize } from '../../transforms/normalize';
import { recall } from '../probes/recall';
import { resample } from './bootstrap';
import { checkCues } from './checkCues';
import { cueConflicts } from './cueConflicts';
import type { CueImages } from './cues';
import { type EmbedArgs, type Encoder, embedInBatches } from './embedInBatches';
import { type Observations, type RelianceResult, searchedVersions } from './figures';
import { summarize } from './summarize';
import { takeRows } from './takeRows';

/** How encoders are run, and their figures summed up. */
export interface MeasureRelianceArgs {
  /** How many of the most similar pictures are looked at. @default [1, 10] */
  k?: number[];

  /**
   * Makes of raw images what models were trained on; functions get raw images. @default normalize, as `twoViews` does
   */
  preprocess?: (images: tf.Tensor4D) => tf.Tensor4D;

  /** Images that pass through an encoder at once. @default 128 */
  batchSize?: number;

  /** Resamples of the concepts for the intervals. @default 1000 */
  samples?: number;

  /** Share of the resamples within an interval. @default 0.95 */
  confidence?: number;

  /** The resamples are functions of it. @default 0 */
  bootstrapSeed?: number;

  /** Names of the classes, by label. @default the labels */
  classNames?: string[];
}

export const measureRelianceOptions = {
  k: list(integer({ min: 1 }), 'a list of integers', { min: 1, default: [1, 10] }),
  preprocess: func({ default: (images: tf.Tensor4D) => normalize(images) }),
  batchSize: integer({ min: 1, default: 128 }),
  samples: integer({ min: 1, default: 1000 }),
  confidence: number({ above: 0, max: 1, default: 0.95 }),
  bootstrapSeed: number({ default: 0 }),
  classNames: list(text(), 'names of the classes', { default: [] }),
};

/**
 * Measures what encoders rely on, on cue images made beforehand: `reliance` for several encoders at several times.
 *
 * @param cues What `cueImages` made; it stays the caller's.
 * @param encoders By name, the one to compare with first.
 * @throws ArgumentError if features are not finite, or an input or an option is not as described.
 */
export async function measureReliance(
  cues: CueImages,
  encoders: { [name: string]: Encoder },
  args: MeasureRelianceArgs = {},
): Promise<RelianceResult> {
  const options = readOptions('measureReliance', args, measureRelianceOptions);
  const { k, samples, confidence, bootstrapSeed, classNames, ...run } = options;
  checkCues(cues);
  checkEncoders(encoders);
  const observations: { [name: string]: Observations } = {};
  for (const [name, encoder] of Object.entries(encoders))
    observations[name] = await observe(cues, encoder, { ...run, name });
  const resamples = resample(cues.images.shape[0], samples, bootstrapSeed);
  return summarize(cues, observations, { k, confidence, resamples, classNames });
}

/** Observes one encoder: the place at which each version finds its picture, and its decision on each cue conflict. */
async function observe(cues: CueImages, encoder: Encoder, args: EmbedArgs): Promise<Observations> {
  const features = (what: string, images: tf.Tensor4D) =>
    embedInBatches(encoder, args, {
      what,
      count: images.shape[0],
      make: (start, size) => tf.slice(images, [start, 0, 0, 0], [size, -1, -1, -1]),
    });
  const gallery = await features('images', cues.images);
  try {
    const ranks: Observations['ranks'] = {};
    for (const version of searchedVersions) {
      const images = cues[version];
      if (!images) continue;
      const queries = await features(version, images);
      ranks[version] = (await recall(queries, gallery)).ranks;
      queries.dispose();
    }
    if (cues.pairs.length === 0) return { ranks };
    const conflicts = await embedInBatches(encoder, args, {
      what: 'conflicts',
      count: cues.pairs.length,
      make: (start, size) => cueConflicts(cues, cues.pairs.slice(start, start + size)),
    });
    const decision = tf.tidy(() => decide(conflicts, gallery, cues.pairs));
    const decisions = [...(await decision.data())];
    tf.dispose([conflicts, decision]);
    return { ranks, decisions };
  } finally {
    gallery.dispose();
  }
}

/**
 * Decides conflicts by cosine: 1 if the picture of the shape is nearer, 0 if that of the texture is, 1/2 if they are
 * equal.
 */
function decide(conflicts: tf.Tensor2D, gallery: tf.Tensor2D, pairs: CueImages['pairs']): tf.Tensor {
  const [rows, unit] = [l2Normalize(conflicts), l2Normalize(gallery)];
  const similarity = (end: 0 | 1) =>
    tf.sum(
      tf.mul(
        rows,
        takeRows(
          unit,
          pairs.map((pair) => pair[end]),
        ),
      ),
      1,
    );
  return tf.div(tf.add(tf.sign(tf.sub(similarity(0), similarity(1))), 1), 2);
}

function checkEncoders(encoders: { [name: string]: Encoder }): void {
  const listed = typeof encoders === 'object' && encoders !== null ? Object.values(encoders) : [];
  const fits = (encoder: unknown) => encoder instanceof LayersModel || typeof encoder === 'function';
  if (encoders instanceof LayersModel || listed.length === 0 || !listed.every(fits))
    throw new ArgumentError('input encoders', 'at least one model or function by name', describe(encoders));
}
