import * as tf from '@tensorflow/tfjs-core';
import { continuations } from './coherentCorrection';
import { constant } from './constants';
import type { TexturePlan } from './plan';
import { type Level, lookUp, mirror, type Sources, toTable } from './pyramid';

/**
 * Colours for the sources: exemplar detail on the output's own local mean.
 *
 * With G a wide blur and I the sources' colours, the result is I + G I - (G exemplar at the sources): steps of tone at
 * seams spread out, and nothing changes inside coherent areas. Clipped to the exemplars' own range.
 *
 * @param exemplars `[N, E, m, m, C]`.
 * @param sources `[N, h, w, 1]`.
 * @returns `[N, h, w, C]`.
 */
export function blend(exemplars: tf.Tensor5D, sources: Sources, level: Level, plan: TexturePlan): tf.Tensor4D {
  const { channels, blendRadius, vote } = plan;
  const pixels: tf.Tensor4D = tf.reshape(exemplars, level.pixels.shape);
  const weight = tf.onesLike(tf.slice(pixels, [0, 0, 0, 0], [-1, -1, -1, 1]));
  const table = toTable(tf.concat([pixels, blur(pixels, blendRadius), weight], 3), 0);
  const votes = vote ? countVotes(table, sources, level) : lookUp(table, sources);
  const [sharp, smooth, weights] = tf.split(votes, [channels, channels, 1], 3) as tf.Tensor4D[];
  const image = vote ? tf.div(sharp, weights) : sharp;
  const mean = vote ? tf.div(smooth, weights) : smooth;
  const blended = tf.add(image, tf.sub(blur(image as tf.Tensor4D, blendRadius), mean));
  const low = tf.min(exemplars, [1, 2, 3, 4], true);
  const high = tf.max(exemplars, [1, 2, 3, 4], true);
  return tf.minimum(tf.maximum(blended, tf.squeeze(low, [1])), tf.squeeze(high, [1])) as tf.Tensor4D;
}

/** What a pixel's source (twice) and its neighbours' continued sources would put there; rows outside weigh nothing. */
function countVotes(table: tf.Tensor2D, sources: Sources, level: Level): tf.Tensor {
  return tf.tidy(() => {
    const own = lookUp(table, sources);
    const add = (sum: tf.Tensor, source: Sources) => tf.tidy(() => tf.add(sum, lookUp(table, source)));
    return continuations(sources, level).reduce(add, own);
  });
}

/** A Gaussian blur of `[B, h, w, C]`, separable, with mirrored edges. */
function blur(image: tf.Tensor4D, radius: number): tf.Tensor4D {
  const length = 2 * radius + 1;
  const channels = image.shape[3];
  const filter = constant(`gaussian ${radius} ${channels}`, () => {
    const weights = Array.from({ length }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * (length / 4) ** 2)));
    const sum = weights.reduce((a, b) => a + b);
    return tf.tensor4d(
      weights.flatMap((w) => Array(channels).fill(w / sum)),
      [length, 1, channels, 1],
    );
  });
  const down = tf.depthwiseConv2d(mirror(image, radius), filter, 1, 'valid');
  return tf.depthwiseConv2d(down, tf.reshape(filter, [1, length, channels, 1]), 1, 'valid');
}
