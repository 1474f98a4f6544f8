import type * as tf from '@tensorflow/tfjs-core';

/** How many non-semantic negatives each direction of BYOL's rows has: of one direction, or of two. */
export type Directions = readonly [number] | readonly [number, number];

// Where one direction's rows end cannot be told from a shape, so it is remembered for the loss.
const directionsOfTensor = new WeakMap<tf.Tensor, Directions>();

/** Remembers the directions of rows `[N, V, D]`. */
export function tagDirections<T extends tf.Tensor>(rows: T, directions: Directions): T {
  directionsOfTensor.set(rows, directions);
  return rows;
}

/** How many negatives each direction has, where a `byol` layer made the rows. */
export function directionsOf(rows: tf.Tensor): Directions | undefined {
  return directionsOfTensor.get(rows);
}
