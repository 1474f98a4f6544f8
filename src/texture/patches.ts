import * as tf from '@tensorflow/tfjs-core';
import { constant } from './cachedTensor';
import type { TexturePlan } from './plan';
import type { Level } from './pyramid';
import { border, firstRows, rowsOfImage, type Sources, tableRow } from './table';

/** Returns the row of the first pixel of every patch that fits an image's coarsest exemplars: E q q numbers. */
export function patchPositions({ exemplars, exemplarSizes, patch }: TexturePlan): number[] {
  const size = exemplarSizes[exemplarSizes.length - 1];
  const stride = size + 2 * border;
  const rows: number[] = [];
  for (let e = 0; e < exemplars; e++)
    for (let y = 0; y + patch <= size; y++)
      for (let x = 0; x + patch <= size; x++) rows.push(tableRow(e, y, x, stride));
  return rows;
}

/** Lays patches side by side: the rows of their first pixels, `[N, gy * gx]`, become sources `[N, gy p, gx p, 1]`. */
export function layPatches(first: tf.Tensor, level: Level, { grid: [down, across], patch }: TexturePlan): Sources {
  const inside = constant(`patch ${patch} ${level.stride} ${level.images} ${rowsOfImage(level)}`, () => {
    const steps = Int32Array.from(
      { length: patch * patch },
      (_, i) => Math.floor(i / patch) * level.stride + (i % patch),
    );
    return tf.add(tf.reshape(firstRows(level), [-1, 1, 1, 1, 1]), tf.tensor5d(steps, [1, 1, patch, 1, patch], 'int32'));
  });
  const spread = tf.add(tf.reshape(first, [level.images, down, 1, across, 1]), inside);
  return tf.reshape(spread, [level.images, down * patch, across * patch, 1]);
}
