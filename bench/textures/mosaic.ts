import * as tf from '@tensorflow/tfjs-core';
import { randomStream, uniformInteger } from '../../src/support/random';

/** A control that must score badly: random square tiles of the exemplars side by side, with every seam open. */
export function mosaic(exemplars: readonly tf.Tensor3D[], tile: number, size: number, seed: number): tf.Tensor3D {
  const random = randomStream('mosaic', seed);
  const cut = () => {
    const exemplar = exemplars[uniformInteger(random, 0, exemplars.length - 1)];
    const [height, width] = exemplar.shape;
    const corner = [uniformInteger(random, 0, height - tile), uniformInteger(random, 0, width - tile), 0];
    return tf.slice(exemplar, corner as [number, number, number], [tile, tile, 3]);
  };
  return tf.tidy(() => {
    const count = Math.ceil(size / tile);
    const row = () => tf.concat(Array.from({ length: count }, cut), 1);
    return tf.slice(tf.concat(Array.from({ length: count }, row), 0), [0, 0, 0], [size, size, 3]);
  });
}
