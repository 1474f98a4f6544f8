import * as tf from '@tensorflow/tfjs-core';
import { padSpatial } from '../support/padSpatial';
import { constant } from './cachedTensor';

/** Width of the border around each exemplar in a table: as far as a continued source may step over the edge. */
export const border = 1;

/** Where each output pixel comes from: row numbers of a level's tables, `[N, h, w, 1]` int32. */
export type Sources = tf.Tensor4D;

/** Returns the row, in its image's part of a table, of pixel (y, x) of an exemplar. */
export function tableRow(exemplar: number, y: number, x: number, stride: number): number {
  return (exemplar * stride + y + border) * stride + x + border;
}

/** Returns how many rows one image takes in a level's tables. */
export function rowsOfImage(level: { exemplars: number; stride: number }): number {
  return level.exemplars * level.stride ** 2;
}

/** Returns the first row of each image in a level's tables, `[N, 1, 1, 1]` int32. */
export function firstRows(level: { images: number; exemplars: number; stride: number }): tf.Tensor4D {
  const { images } = level;
  const rows = rowsOfImage(level);
  return constant(`firstRows ${images} ${rows}`, () =>
    tf.tensor4d(
      Int32Array.from({ length: images }, (_, n) => n * rows),
      [images, 1, 1, 1],
      'int32',
    ),
  );
}

/** Lays a level's values `[N E, m, m, D]` out as a table `[rows, D]`, with `outside` in the border's rows. */
export function toTable(values: tf.Tensor4D, outside: number): tf.Tensor2D {
  return tf.reshape(padSpatial(values, border, outside), [-1, values.shape[3]]);
}

/** Looks rows of a table up: `[rows, D]` and row numbers `[…, 1]` give `[…, D]`. */
export function lookUp(table: tf.Tensor2D, rows: tf.Tensor): tf.Tensor {
  // gatherND, not gather: the latter reads its indices back to the host on some backends.
  return tf.gatherND(table, rows as tf.Tensor4D);
}
