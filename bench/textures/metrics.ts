import * as tf from '@tensorflow/tfjs-core';
import { type Random, randomStream } from '../../src/support/random';
import { coherence, nearestPatches } from './nearestPatches';

/** How well a texture keeps the looks of its exemplars and loses their contents. */
export interface TextureMetrics {
  /**
   * Sliced Wasserstein-1 distance between the patches of the texture and of the exemplars, in gray levels: mean over
   * patches of 7 and 15 pixels at full, half and quarter resolution.
   */
  swd: number;
  /** Relative distance of Gram matrices of rectified random 7 x 7 filters, mean over three resolutions. */
  gram: number;
  /** Seams: root mean square distance, in gray levels, of the texture's 7 x 7 patches to their nearest in the exemplars. */
  nn: number;
  /** Mean length in pixels of runs whose nearest patches lie side by side in an exemplar. */
  run: number;
  /** Share of the texture that is the largest region copied in one piece. */
  copy: number;
  /** Mean over the exemplars' windows of 32, 64 or 96 pixels of the best correlation with any place of the texture. */
  keep32: number;
  keep64: number;
  keep96: number;
}

/** Measures a texture `[H, W, 3]` against its exemplars `[m, m, 3]`, all with values in 0 … 1. */
export function measureTexture(exemplars: readonly tf.Tensor3D[], texture: tf.Tensor3D): TextureMetrics {
  return tf.tidy(() => {
    // The same random filters for every texture.
    const random = randomStream('texture metrics');
    const scales = [1, 2, 4];
    const swd = [7, 15].flatMap((p) => scales.map((s) => slicedWasserstein(exemplars, texture, p, s, random)));
    const gram = scales.map((s) => gramDistance(exemplars, texture, s, random));
    const nearest = nearestPatches(exemplars, texture);
    return {
      swd: mean(swd),
      gram: mean(gram),
      nn: 255 * Math.sqrt(mean(nearest.squaredDistances)),
      ...coherence(nearest),
      keep32: keptSemantics(exemplars, texture, 32),
      keep64: keptSemantics(exemplars, texture, 64),
      keep96: keptSemantics(exemplars, texture, 96),
    };
  });
}

const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length;

/** Shrinks an image to 1/s of its resolution, by means of s x s pixels. */
function shrink(image: tf.Tensor3D, s: number): tf.Tensor3D {
  return s === 1 ? image : tf.avgPool(image, s, s, 'valid');
}

/** Draws normally distributed filters `[p, p, 3, count]`, of unit length each. */
function randomFilters(p: number, count: number, random: Random): tf.Tensor4D {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const filters = tf.tensor4d(Float32Array.from({ length: p * p * 3 * count }, normal), [p, p, 3, count]);
  return tf.div(filters, tf.sqrt(tf.sum(tf.square(filters), [0, 1, 2], true)));
}

const QUANTILES = 512;

function slicedWasserstein(
  exemplars: readonly tf.Tensor3D[],
  texture: tf.Tensor3D,
  p: number,
  s: number,
  random: Random,
): number {
  return tf.tidy(() => {
    const filters = randomFilters(p, 96, random);
    const step = s > 1 ? 1 : 2;
    const project = (image: tf.Tensor3D) => {
      const responses = tf.conv2d(shrink(image, s), filters, step, 'valid');
      return tf.reshape(responses, [-1, 96]) as tf.Tensor2D;
    };
    const expected = quantiles(tf.concat(exemplars.map(project)));
    const actual = quantiles(project(texture));
    return 255 * mean(expected.map((value, i) => Math.abs(value - actual[i])));
  });
}

/** Returns 512 quantiles of each column of `[rows, columns]`. */
function quantiles(samples: tf.Tensor2D): Float32Array {
  const [rows, columns] = samples.shape;
  const values = tf.transpose(samples).dataSync() as Float32Array;
  const result = new Float32Array(columns * QUANTILES);
  for (let column = 0; column < columns; column++) {
    const sorted = values.slice(column * rows, (column + 1) * rows).sort();
    for (let i = 0; i < QUANTILES; i++) {
      const at = ((i + 0.5) / QUANTILES) * (rows - 1);
      const low = Math.floor(at);
      const high = Math.min(low + 1, rows - 1);
      result[column * QUANTILES + i] = sorted[low] + (at - low) * (sorted[high] - sorted[low]);
    }
  }
  return result;
}

function gramDistance(exemplars: readonly tf.Tensor3D[], texture: tf.Tensor3D, s: number, random: Random): number {
  return tf.tidy(() => {
    const filters = randomFilters(7, 64, random);
    // A tenth of each filter's mean stays: mostly structure, a little color.
    const centered = tf.sub(filters, tf.mul(tf.mean(filters, [0, 1], true), 0.9));
    const gram = (image: tf.Tensor3D) => {
      const responses = tf.reshape(tf.relu(tf.conv2d(shrink(image, s), centered as tf.Tensor4D, 1, 'valid')), [-1, 64]);
      return tf.div(tf.matMul(responses as tf.Tensor2D, responses as tf.Tensor2D, true), responses.shape[0]);
    };
    const expected = tf.mean(tf.stack(exemplars.map(gram)), 0);
    return tf.div(tf.norm(tf.sub(expected, gram(texture))), tf.norm(expected)).dataSync()[0];
  });
}

/**
 * Measures how much of the exemplars' windows, half a window apart, is kept: zero-mean normalized cross-correlation at
 * half resolution. NaN if all windows are flat.
 */
function keptSemantics(exemplars: readonly tf.Tensor3D[], texture: tf.Tensor3D, window: number): number {
  return tf.tidy(() => {
    const image = shrink(texture, 2);
    const k = window / 2;
    // A flat window has no identity, in the exemplars or in the texture.
    const flat = 1e-4 * k * k;
    const templates: tf.Tensor3D[] = [];
    for (const exemplar of exemplars) {
      const half = shrink(exemplar, 2);
      for (let y = 0; y + k <= half.shape[0]; y += Math.max(1, k >> 1)) {
        for (let x = 0; x + k <= half.shape[1]; x += Math.max(1, k >> 1)) {
          const cut = tf.slice(half, [y, x, 0], [k, k, 3]);
          const centered = tf.sub(cut, tf.mean(cut, [0, 1], true));
          const energy = tf.sum(tf.square(centered)).dataSync()[0];
          if (energy >= flat) templates.push(tf.div(centered, Math.sqrt(energy)));
        }
      }
    }
    if (templates.length === 0) return Number.NaN;
    const sums = tf.mul(tf.avgPool(image, k, 1, 'valid'), k * k);
    const squares = tf.mul(tf.avgPool(tf.square(image), k, 1, 'valid'), k * k);
    const variance = tf.sum(tf.sub(squares, tf.div(tf.square(sums), k * k)), -1, true);
    const products = tf.conv2d(image, tf.stack(templates, 3) as tf.Tensor4D, 1, 'valid');
    return tf.mean(tf.max(tf.div(products, tf.sqrt(tf.maximum(variance, flat))), [0, 1])).dataSync()[0];
  });
}
