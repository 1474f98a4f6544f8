import * as tf from '@tensorflow/tfjs-core';

/** Below this mean the distribution function is summed up, above it the asymptotic inverse is accurate enough. */
const largeMean = 10;
/** A Poisson number of mean 10 exceeds it once in 10⁹. */
const maxSmallCount = 34;

/**
 * Maps normal numbers to Poisson numbers of the given means, quantile by quantile.
 *
 * Large means: the normal asymptotic expansion of Giles 2016, algorithm 955, equation 7, rounded down. Small means: the
 * number of terms of the distribution function that the uniform draw exceeds.
 *
 * @param means float32, at least 0.
 * @param normal float32 of the same shape, standard normal.
 * @param maxMean No mean exceeds it.
 */
export function poisson(means: tf.Tensor, normal: tf.Tensor, maxMean: number): tf.Tensor {
  return tf.tidy(() => {
    const small = countBySum(tf.minimum(means, largeMean), normal, Math.min(largeMean, maxMean));
    if (maxMean <= largeMean) return small;
    return tf.where(tf.less(means, largeMean), small, asymptoticQuantile(tf.maximum(means, largeMean), normal));
  });
}

function countBySum(means: tf.Tensor, normal: tf.Tensor, maxMean: number): tf.Tensor {
  const draw = tf.mul(tf.add(tf.erf(tf.mul(normal, Math.SQRT1_2)), 1), 0.5);
  let term = tf.exp(tf.neg(means));
  let sum = term;
  let count: tf.Tensor = tf.zerosLike(means);
  const max = Math.ceil((maxSmallCount * (maxMean + 5)) / (largeMean + 5));
  for (let k = 1; k <= max; k++) {
    count = tf.add(count, tf.cast(tf.greater(draw, sum), 'float32'));
    term = tf.mul(term, tf.div(means, k));
    sum = tf.add(sum, term);
  }
  return count;
}

function asymptoticQuantile(means: tf.Tensor, w: tf.Tensor): tf.Tensor {
  const root = tf.sqrt(means);
  const w2 = tf.square(w);
  const polynomials = [
    tf.mul(root, w),
    tf.add(tf.div(w2, 6), 1 / 3),
    tf.div(tf.mul(w, tf.sub(-1 / 36, tf.div(w2, 72))), root),
    tf.div(tf.add(-8 / 405, tf.mul(w2, tf.add(7 / 810, tf.div(w2, 270)))), means),
  ];
  return tf.floor(polynomials.reduce<tf.Tensor>((sum, term) => tf.add(sum, term), means));
}
