import * as tf from '@tensorflow/tfjs-core';
import { halfSquaredLengths, round } from './operations';

/** How many mean distances farther than its nearest a place still wants a candidate; also the steps in the price. */
const reach = 8;

/**
 * Adds to each distance the price of its candidate, which rises with how much all places want it.
 *
 * A place shares itself out among the candidates: with d the distance, m its minimum over candidates and T the mean
 * distance of a place to its nearest candidate, shares are in proportion to relu(m + 8 T - d). With u the sum of a
 * candidate's shares over places and u' its mean, the price is T floor(8 ln(u / u' + 1/5)). So every part of the
 * exemplars appears, and not only what fits anywhere.
 *
 * This is a step of Sinkhorn's algorithm for optimal transport (Cuturi 2013), for the purpose of the normalized scores
 * of GPNN (Granot et al. 2022). Its kernel has no exponential, shares are rounded to fractions of a power of two and
 * prices are multiples of an integer: the same patch wins in every batch and on every device.
 *
 * @param distances Half squared distances less half the squared length of each place's features, `[N, P, K]`.
 * @param places Features of the places, `[N, P, D]`.
 * @returns `[N, P, K]`.
 */
export function priceCandidates(distances: tf.Tensor, places: tf.Tensor): tf.Tensor {
  const [, count, candidates] = distances.shape as [number, number, number];
  const least = tf.min(distances, 2, true);
  const nearest = tf.add(least, halfSquaredLengths(places));
  // Whole multiples of 64 add up exactly.
  const total = tf.sum(tf.floor(tf.div(nearest, 64)), 1, true);
  const unit = tf.maximum(tf.floor(tf.div(total, count / 64)), 1);
  const wanted = tf.relu(tf.sub(tf.add(least, tf.mul(unit, reach)), distances));
  // Their sum over all places stays below 2^24, where float32 is exact.
  const whole = 2 ** Math.floor(24 - Math.log2(count));
  const shares = round(tf.mul(tf.div(wanted, tf.sum(wanted, 2, true)), whole));
  const use = tf.div(tf.sum(shares, 1, true), (whole * count) / candidates);
  return tf.add(distances, tf.mul(tf.floor(tf.mul(tf.log(tf.add(use, 0.2)), reach)), unit));
}
