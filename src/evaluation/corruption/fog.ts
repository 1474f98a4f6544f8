import * as tf from '@tensorflow/tfjs-core';
import { corruption } from './corruption';
import { croppedPlasma } from './plasma';

/** Adds plasma of the given thickness and scales the sum back to the image's brightest value. */
export const fog = corruption<{ thickness: number; decay: number }>(
  {
    32: [
      { thickness: 0.2, decay: 3 },
      { thickness: 0.5, decay: 3 },
      { thickness: 0.75, decay: 2.5 },
      { thickness: 1, decay: 2 },
      { thickness: 1.5, decay: 1.75 },
    ],
    64: [
      { thickness: 0.4, decay: 3 },
      { thickness: 0.7, decay: 3 },
      { thickness: 1, decay: 2.5 },
      { thickness: 1.5, decay: 2 },
      { thickness: 2, decay: 1.75 },
    ],
    224: [
      { thickness: 1.5, decay: 2 },
      { thickness: 2, decay: 2 },
      { thickness: 2.5, decay: 1.7 },
      { thickness: 2.5, decay: 1.5 },
      { thickness: 3, decay: 1.4 },
    ],
  },
  (images, { thickness, decay }, randoms) => {
    const [, height, width] = images.shape;
    const maps = randoms.map((random) => tf.tensor3d(croppedPlasma(height, width, decay, random), [height, width, 1]));
    const brightest = tf.max(images, [1, 2, 3], true);
    const foggy = tf.add(images, tf.mul(tf.stack(maps), thickness));
    return tf.div(tf.mul(foggy, brightest), tf.add(brightest, thickness));
  },
);
