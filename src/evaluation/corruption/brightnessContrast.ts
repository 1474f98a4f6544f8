import * as tf from '@tensorflow/tfjs-core';
import { corruption } from './corruption';

/** Raises HSV's value by c and keeps hue and saturation. */
export const brightness = corruption(
  {
    32: [0.05, 0.1, 0.15, 0.2, 0.3],
    64: [0.1, 0.2, 0.3, 0.4, 0.5],
    224: [0.1, 0.2, 0.3, 0.4, 0.5],
  },
  (images, raise) => {
    const value = tf.max(images, -1, true);
    const raised = tf.minimum(tf.add(value, raise), 1);
    // Black has no hue to keep: of 0 / 1 the quotient is 0, and the raise is added as gray.
    const black = tf.cast(tf.equal(value, 0), 'float32');
    const scaled = tf.mul(images, tf.div(raised, tf.add(value, black)));
    return tf.add(scaled, tf.mul(raised, black));
  },
);

/** Multiplies each channel's distance from its mean over the image by c. */
export const contrast = corruption(
  {
    32: [0.75, 0.5, 0.4, 0.3, 0.15],
    64: [0.4, 0.3, 0.2, 0.1, 0.05],
    224: [0.4, 0.3, 0.2, 0.1, 0.05],
  },
  (images, factor) => {
    const mean = tf.mean(images, [1, 2], true);
    return tf.add(tf.mul(tf.sub(images, mean), factor), mean);
  },
);
