import * as tf from '@tensorflow/tfjs-core';
import { type Random, uniform } from '../support/random';

/** Draws normal numbers of mean 0 and variance 1, one stream for each of N rows: float32 `[N, ...shape]`. */
export function normals(randoms: readonly Random[], shape: readonly number[]): tf.Tensor {
  return draw(randoms, shape, (random, values) => {
    // Box and Muller: two normal numbers from two uniform ones.
    for (let i = 0; i < values.length; i += 2) {
      const radius = Math.sqrt(-2 * Math.log(1 - random()));
      const angle = 2 * Math.PI * random();
      values[i] = radius * Math.cos(angle);
      if (i + 1 < values.length) values[i + 1] = radius * Math.sin(angle);
    }
  });
}

/** Draws uniform numbers in [low, high), one stream for each of N rows: float32 `[N, ...shape]`. */
export function uniforms(randoms: readonly Random[], shape: readonly number[], low = 0, high = 1): tf.Tensor {
  return draw(randoms, shape, (random, values) => {
    for (let i = 0; i < values.length; i++) values[i] = uniform(random, low, high);
  });
}

function draw(
  randoms: readonly Random[],
  shape: readonly number[],
  fill: (random: Random, values: Float32Array) => void,
): tf.Tensor {
  const size = tf.util.sizeFromShape([...shape]);
  const values = new Float32Array(randoms.length * size);
  randoms.forEach((random, n) => {
    fill(random, values.subarray(n * size, (n + 1) * size));
  });
  return tf.tensor(values, [randoms.length, ...shape]);
}
