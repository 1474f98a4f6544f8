import * as tf from '@tensorflow/tfjs-core';
import { constant } from './cachedTensor';
import { continuations } from './coherentCorrection';
import type { TexturePlan } from './plan';
import { type Level, lookUp, mirror, type Sources, toTable } from './pyramid';

/**
 * Colors for the sources: exemplar detail on the output's own local mean.
 *
 * With G the local mean and I the sources' colors, the result is I + G I - (G exemplar at the sources): steps of tone
 * at seams spread out, and little changes inside coherent areas. Clipped to the exemplars' own range.
 *
 * @param exemplars `[N, E, m, m, C]`.
 * @param sources `[N, h, w, 1]`.
 * @returns `[N, h, w, C]`.
 */
export function blend(exemplars: tf.Tensor5D, sources: Sources, level: Level, plan: TexturePlan): tf.Tensor4D {
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

/** What a pixel's source (twice) and its neighbors' continued sources would put there; rows outside weigh nothing. */
function countVotes(table: tf.Tensor2D, sources: Sources, level: Level): tf.Tensor {
  return tf.tidy(() => {
    const own = lookUp(table, sources);
    const add = (sum: tf.Tensor, source: Sources) => tf.tidy(() => tf.add(sum, lookUp(table, source)));
    return continuations(sources, level).reduce(add, own);
  });
}

/** The mean around each pixel of `[B, h, w, C]`: a Gaussian of about 5 pixels' extent at 1/scale of the resolution. */
function localMean(image: tf.Tensor4D, scale: number): tf.Tensor4D {
  const [, height, width, channels] = image.shape;
  const filter = constant(`gaussian ${channels}`, () => {
    const weights = [-2, -1, 0, 1, 2].map((x) => Math.exp(-(x ** 2) / (2 * 1.25 ** 2)));
    const sum = weights.reduce((a, b) => a + b);
    return tf.tensor4d(
      weights.flatMap((weight) => Array(channels).fill(weight / sum)),
      [5, 1, channels, 1],
    );
  });
  // Low frequencies need few samples: blurred small and enlarged, they cost a tenth.
  const small = scale === 1 ? image : tf.avgPool(image, scale, scale, 'same');
  const down = tf.depthwiseConv2d(mirror(small, 2), filter, 1, 'valid');
  const blurred = tf.depthwiseConv2d(down, tf.reshape(filter, [1, 5, channels, 1]), 1, 'valid');
  return scale === 1 ? blurred : tf.image.resizeBilinear(blurred, [height, width], false, true);
}
