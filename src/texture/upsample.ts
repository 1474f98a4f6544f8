import * as tf from '@tensorflow/tfjs-core';
import { constant } from './cachedTensor';
import type { Level } from './pyramid';
import { border, lookUp, rowsOfImage, type Sources, tableRow } from './table';

/** Returns sources for the next finer level: a pixel's four children show its source's four children. */
export function upsample(sources: Sources, coarse: Level, fine: Level): Sources {
  const [images, height, width] = sources.shape;
  const first = lookUp(firstChildren(coarse, fine), sources);
  const inside = constant(`children ${fine.stride}`, () =>
    tf.tensor5d([0, 1, fine.stride, fine.stride + 1], [1, 1, 2, 1, 2], 'int32'),
  );
  return tf.reshape(tf.add(tf.reshape(first, [images, height, 1, width, 1]), inside), [
    images,
    2 * height,
    2 * width,
    1,
  ]);
}

/** Returns, for each row at the coarse level, the row of its first child at the fine one: `[rows, 1]`. */
function firstChildren(coarse: Level, fine: Level): tf.Tensor2D {
  const rows = coarse.images * rowsOfImage(coarse);
  return constant(`firstChildren ${rows} ${coarse.stride} ${fine.stride}`, () => {
    const children = Int32Array.from({ length: rows }, (_, row) => {
      const exemplar = Math.floor(row / coarse.stride ** 2);
      const y = (Math.floor(row / coarse.stride) % coarse.stride) - border;
      const x = (row % coarse.stride) - border;
      return tableRow(exemplar, 2 * y, 2 * x, fine.stride);
    });
    return tf.tensor2d(children, [rows, 1], 'int32');
  });
}
