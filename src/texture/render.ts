import * as tf from '@tensorflow/tfjs-core';
import { gaussianWeights, tapDistances } from '../support/gaussian';
import { padSpatial } from '../support/padSpatial';
import { constant } from './cachedTensor';
import { continuations } from './continuations';
import type { TexturePlan } from './plan';
import type { Level } from './pyramid';
import { lookUp, type Sources, toTable } from './table';

/**
 * Renders sources to colors: exemplar detail on the output's own local mean. Each source shows a block of pixels.
 *
 * I averages what a pixel's source and its neighbors' continued sources show, which feathers the seams. With G the
 * local mean, the result is I + G I - (G exemplar at the sources): this spreads steps of tone at seams and changes
 * little inside coherent areas. Clipped to the exemplars' own range.
 *
 * @param exemplars `[N, E, m, m, C]`.
 * @param sources `[N, h, w, 1]`, at `level`.
 * @returns `[N, h block, w block, C]`.
 */
export function render(exemplars: tf.Tensor5D, sources: Sources, level: Level, plan: TexturePlan): tf.Tensor4D {
  return tf.tidy(() => {
    const { channels, exemplarSizes, block, votes } = plan;
    const [size] = exemplarSizes;
    const scale = 2 ** (exemplarSizes.length - 1);
    const pixels: tf.Tensor4D = tf.reshape(exemplars, [-1, size, size, channels]);
    const details = toBlocks(tf.sub(pixels, localMean(pixels, scale, size, size)), block);
    const colors = shrink(pixels, block);
    const weight = constant(`weight ${colors.shape}`, () => tf.ones([...colors.shape.slice(0, 3), 1]));
    const table = toTable(tf.concat([details, colors, weight], 3) as tf.Tensor4D, 0);
    const sums = countVotes(table, continuations(sources, level, votes));
    const [detail, color, weights] = tf.split(sums, [block * block * channels, channels, 1], 3) as tf.Tensor4D[];
    const [, height, width] = sources.shape;
    const mean = localMean(tf.div(color, weights), scale / block, height * block, width * block);
    const blended = tf.add(fromBlocks(tf.div(detail, weights), block), mean);
    const values = tf.reshape(exemplars, [exemplars.shape[0], 1, 1, -1]);
    const [low, high] = [tf.min(values, -1, true), tf.max(values, -1, true)];
    return tf.minimum(tf.maximum(blended, low), high) as tf.Tensor4D;
  });
}

/** Sums what all continued sources of a pixel show; rows outside the exemplars weigh nothing. */
function countVotes(table: tf.Tensor2D, continued: tf.Tensor5D): tf.Tensor {
  // One after the other: all at once they would take most of the memory, and wasm's sum over them writes past its own.
  const [first, ...others] = tf.unstack(continued);
  return others.reduce(
    (before, rows) => {
      const sum = tf.tidy(() => tf.add(before, lookUp(table, rows)));
      before.dispose();
      return sum;
    },
    lookUp(table, first),
  );
}

/** Lays the pixels of each block of `[B, h, w, C]` side by side: `[B, h / block, w / block, block block C]`. */
function toBlocks(image: tf.Tensor4D, block: number): tf.Tensor4D {
  if (block === 1) return image;
  const [images, size, , channels] = image.shape;
  const count = Math.floor(size / block);
  const whole = size % block ? tf.slice(image, [0, 0, 0, 0], [-1, count * block, count * block, -1]) : image;
  const rows = tf.reshape(whole, [images * count, block, count, block * channels]);
  return tf.reshape(tf.transpose(rows, [0, 2, 1, 3]), [images, count, count, -1]);
}

/** Takes blocks apart again: the inverse of `toBlocks`. */
function fromBlocks(image: tf.Tensor4D, block: number): tf.Tensor4D {
  return block === 1 ? image : tf.depthToSpace(image, block);
}

/** Returns means of `step` x `step` pixels. */
function shrink(image: tf.Tensor4D, step: number, pad: 'valid' | 'same' = 'valid'): tf.Tensor4D {
  return step === 1 ? image : tf.avgPool(image, step, step, pad);
}

/**
 * Returns the mean around each pixel of `[B, h, w, C]`, at another size: a Gaussian of 5 x 5 taps at 1/scale of the
 * resolution.
 */
function localMean(image: tf.Tensor4D, scale: number, height: number, width: number): tf.Tensor4D {
  const channels = image.shape[3];
  const filter = (rows: number, columns: number) =>
    constant(`gaussian ${rows} ${columns} ${channels}`, () =>
      tf.tensor4d(
        gaussianWeights(tapDistances(2), 1.25).flatMap((weight) => Array(channels).fill(weight)),
        [rows, columns, channels, 1],
      ),
    );
  // Low frequencies need few samples: blurred small and enlarged, they cost a tenth.
  const small = shrink(image, scale, 'same');
  const down = tf.depthwiseConv2d(padSpatial(small, 2, 'symmetric'), filter(5, 1), 1, 'valid');
  const blurred = tf.depthwiseConv2d(down, filter(1, 5), 1, 'valid');
  return blurred.shape[1] === height ? blurred : tf.image.resizeBilinear(blurred, [height, width], false, true);
}
