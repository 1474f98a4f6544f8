import * as tf from '@tensorflow/tfjs-core';
import { gaussianWeights, tapDistances } from '../support/gaussian';
import { padSpatial } from '../support/padSpatial';
import { constant } from './cachedTensor';
import { continuations } from './continuations';
import type { Step, TexturePlan } from './plan';
import type { Level } from './pyramid';
import { lookUp, type Sources, toTable } from './table';

/**
 * Renders sources to colors: exemplar detail on the output's own local mean.
 *
 * I averages what a pixel's source and its neighbors' continued sources show, which feathers the seams. With G the
 * local mean, the result is I + G I - (G exemplar at the sources): this spreads steps of tone at seams and changes
 * little inside coherent areas. Clipped to the exemplars' own range.
 *
 * @param exemplars `[N, E, m, m, C]`.
 * @param sources `[N, h, w, 1]`.
 * @returns `[N, h, w, C]`.
 */
export function render(exemplars: tf.Tensor5D, sources: Sources, level: Level, plan: TexturePlan): tf.Tensor4D {
  const { channels, exemplarSizes, votes } = plan;
  const scale = 2 ** (exemplarSizes.length - 1);
  const pixels: tf.Tensor4D = tf.reshape(exemplars, level.pixels.shape);
  const table = tf.tidy(() => {
    const weight = tf.onesLike(tf.slice(pixels, [0, 0, 0, 0], [-1, -1, -1, 1]));
    return toTable(tf.concat([pixels, localMean(pixels, scale), weight], 3), 0);
  });
  const sums = countVotes(table, continuations(sources, level), votes);
  const [sharp, smooth, weights] = tf.split(sums, [channels, channels, 1], 3) as tf.Tensor4D[];
  const image: tf.Tensor4D = tf.div(sharp, weights);
  const mean = tf.div(smooth, weights);
  const blended = tf.add(image, tf.sub(localMean(image, scale), mean));
  const low = tf.min(exemplars, [1, 2, 3, 4], true);
  const high = tf.max(exemplars, [1, 2, 3, 4], true);
  return tf.minimum(tf.maximum(blended, tf.squeeze(low, [1])), tf.squeeze(high, [1])) as tf.Tensor4D;
}

/** Sums what each pixel's source and its neighbors' continued ones show; rows outside the exemplars weigh nothing. */
function countVotes(
  table: tf.Tensor2D,
  continued: (steps: readonly Step[]) => tf.Tensor,
  steps: readonly Step[],
): tf.Tensor4D {
  const [first, ...others] = steps;
  let sum = lookUp(table, continued([first]));
  for (const step of others) {
    const before = sum;
    sum = tf.tidy(() => tf.add(before, lookUp(table, continued([step]))));
    before.dispose();
  }
  return tf.squeeze(sum, [0]);
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
