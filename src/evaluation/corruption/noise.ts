import * as tf from '@tensorflow/tfjs-core';
import { normals, uniforms } from '../randomTensors';
import { corruption } from './corruption';
import { poisson } from './poisson';

/** Adds normal noise: x + σ n. */
export const gaussianNoise = corruption(
  {
    32: [0.04, 0.06, 0.08, 0.09, 0.1],
    64: [0.04, 0.08, 0.12, 0.15, 0.18],
    224: [0.08, 0.12, 0.18, 0.26, 0.38],
  },
  (images, sigma, randoms) => tf.add(images, tf.mul(normals(randoms, images.shape.slice(1)), sigma)),
);

/** Counts photons: Poisson(c x) / c, the noisier the fewer photons c. */
export const shotNoise = corruption(
  {
    32: [500, 250, 100, 75, 50],
    64: [250, 100, 50, 30, 15],
    224: [60, 25, 12, 5, 3],
  },
  (images, photons, randoms) =>
    tf.div(poisson(tf.mul(images, photons), normals(randoms, images.shape.slice(1)), photons), photons),
);

/** Replaces each channel of each pixel by 0 or 1, equally often, with probability p. */
export const impulseNoise = corruption(
  {
    32: [0.01, 0.02, 0.03, 0.05, 0.07],
    64: [0.01, 0.02, 0.05, 0.08, 0.14],
    224: [0.03, 0.06, 0.09, 0.17, 0.27],
  },
  (images, share, randoms) => {
    const draw = uniforms(randoms, images.shape.slice(1));
    const salted = tf.where(tf.less(draw, share), tf.onesLike(images), images);
    return tf.where(tf.less(draw, share / 2), tf.zerosLike(images), salted);
  },
);
