import * as tf from '@tensorflow/tfjs-core';
import type { Random } from '../../support/random';
import { corruption } from './corruption';
import { croppedPlasma } from './plasma';

/**
 * Lays a frosted pane over the image, as a weighted sum.
 *
 * The published data sets take the pane from six photographs; here it is generated (`frostPane`), so accuracies under
 * frost compare only with those measured over the same panes.
 */
export const frost = corruption<{ image: number; pane: number }>(
  {
    32: [
      { image: 1, pane: 0.2 },
      { image: 1, pane: 0.3 },
      { image: 0.9, pane: 0.4 },
      { image: 0.85, pane: 0.4 },
      { image: 0.75, pane: 0.45 },
    ],
    64: [
      { image: 1, pane: 0.3 },
      { image: 0.9, pane: 0.4 },
      { image: 0.8, pane: 0.45 },
      { image: 0.75, pane: 0.5 },
      { image: 0.7, pane: 0.55 },
    ],
    224: [
      { image: 1, pane: 0.4 },
      { image: 0.8, pane: 0.6 },
      { image: 0.7, pane: 0.7 },
      { image: 0.65, pane: 0.7 },
      { image: 0.6, pane: 0.75 },
    ],
  },
  (images, { image, pane }, randoms) => {
    const [batch, height, width] = images.shape;
    const values = new Float32Array(batch * height * width);
    randoms.forEach((random, n) => {
      values.set(frostPane(height, width, random), n * height * width);
    });
    const ice = tf.tensor4d(values, [batch, height, width, 1]);
    // Thin ice is blue, thick ice white.
    const color = tf.tensor1d([0.72, 0.9, 1]);
    const panes = tf.add(tf.mul(ice, color), tf.mul(tf.square(ice), tf.sub(1, color)));
    return tf.add(tf.mul(images, image), tf.mul(panes, pane));
  },
);

/**
 * Draws the thickness in 0 … 1 of ice that grows in needles: two plasmas, each folded at its middle height to ridges,
 * the finer growing where the coarser stands.
 */
function frostPane(height: number, width: number, random: Random): Float32Array {
  const ridges = (decay: number) =>
    croppedPlasma(height, width, decay, random).map((value) => (1 - Math.abs(2 * value - 1)) ** 2);
  const coarse = ridges(1.8);
  const fine = ridges(1.3);
  return coarse.map((value, i) => 0.6 * value + 0.4 * fine[i] * (0.5 + 0.5 * value));
}
