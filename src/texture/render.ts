import * as tf from '@tensorflow/tfjs-core';
import { gaussianWeights, tapDistances } from '../support/gaussian';
import { padSpatial } from '../support/padSpatial';
import { constant } from './cachedTensor';
import { continuations } from './coherentCorrection';
import type { TexturePlan } from './plan';
import type { Level } from './pyramid';
import { lookUp, type Sources, toTable } from './table';

/**
 * Renders sources to colors: exemplar detail on the output's own local mean.
 *
 * With G the local mean and I the sources' colors, the result is I + G I - (G exemplar at the sources). This spreads
 * steps of tone at seams and changes little inside coherent areas. Clipped to the exemplars' own range.
 *
 * @param exemplars `[N, E, m, m, C]`.
 * @param sources `[N, h, w, 1]`.
 * @returns `[N, h, w, C]`.
 */
export function render(exemplars: tf.Tensor5D, sources: Sources, level: Level, plan: TexturePlan): tf.Tensor4D {
  const { channels, exemplarSizes, vote } = plan;
  const scale = 2 ** (exemplarSizes.length - 1);
  const pixels: tf.Tensor4D = tf.reshape(exemplars, level.pixels.shape);
  const weight = tf.onesLike(tf.slice(pixels, [0, 0, 0, 0], [-1, -1, -1, 1]));
  const table = toTable(tf.concat([pixels, localMean(pixels, scale), weight], 3), 0);
  const votes = vote ? countVotes(table, sources, level) : lookUp(table, sources);
  const [sharp, smooth, weights] = tf.split(votes, [channels, channels, 1], 3) as tf.Tensor4D[];
  const image = vote ? tf.div(sharp, weights) : sharp;
  const mean = vote ? tf.div(smooth, weights) : smooth;
  const blended = tf.add(image, tf.sub(localMean(image as tf.Tensor4D, scale), mean));
  const low = tf.min(exemplars, [1, 2, 3, 4], true);
  const high = tf.max(exemplars, [1, 2, 3, 4], true);
  return tf.minimum(tf.maximum(blended, tf.squeeze(low, [1])), tf.squeeze(high, [1])) as tf.Tensor4D;
}

/** Sums what a pixel's source (twice) and its neighbors' continued sources show; rows outside weigh nothing. */
function countVotes(table: tf.Tensor2D, sources: Sources, level: Level): tf.Tensor {
  return tf.tidy(() => {
    const own = lookUp(table, sources);
    const add = (sum: tf.Tensor, source: Sources) => tf.tidy(() => tf.add(sum, lookUp(table, source)));
    return continuations(sources, level).reduce(add, own);
  });
}

/** Returns the mean around each pixel of `[B, h, w, C]`: a Gaussian of 5 x 5 taps at 1/scale of the resolution. */
function localMean(image: tf.Tensor4D, scale: number): tf.Tensor4D {
  const [, height, width, channels] = image.shape;
  const filter = constant(`gaussian ${channels}`, () =>
    tf.tensor4d(
      gaussianWeights(tapDistances(2), 1.25).flatMap((weight) => Array(channels).fill(weight)),
      [5, 1, channels, 1],
    ),
  );
  // Low frequencies need few samples: blurred small and enlarged, they cost a tenth.
  const small = scale === 1 ? image : tf.avgPool(image, scale, scale, 'same');
  const down = tf.depthwiseConv2d(padSpatial(small, 2, 'symmetric'), filter, 1, 'valid');
  const blurred = tf.depthwiseConv2d(down, tf.reshape(filter, [1, 5, channels, 1]), 1, 'valid');
  return scale === 1 ? blurred : tf.image.resizeBilinear(blurred, [height, width], false, true);
}
