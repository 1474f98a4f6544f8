import * as tf from '@tensorflow/tfjs-core';
import { corruption } from './corruption';
import { mapAxes, zoomMap } from './separable';

/** Averages the image and zooms into it, by factors from 1 up to `end` in steps. */
export const zoomBlur = corruption<{ end: number; step: number }>(
  {
    32: [1.06, 1.11, 1.16, 1.21, 1.26].map((end) => ({ end, step: 0.01 })) as Levels,
    64: [1.06, 1.11, 1.16, 1.21, 1.26].map((end) => ({ end, step: 0.01 })) as Levels,
    224: [
      { end: 1.11, step: 0.01 },
      { end: 1.16, step: 0.01 },
      { end: 1.21, step: 0.02 },
      { end: 1.26, step: 0.02 },
      { end: 1.31, step: 0.03 },
    ],
  },
  (images, { end, step }) => {
    const factors = zoomFactors(end, step);
    let sum: tf.Tensor = images;
    for (const factor of factors)
      sum = tf.add(sum, mapAxes(images, zoomMap(images.shape[1], factor), zoomMap(images.shape[2], factor)));
    return tf.div(sum, factors.length + 1);
  },
);

type Level = { end: number; step: number };
type Levels = [Level, Level, Level, Level, Level];

/** Returns the factors of NumPy's `arange(1, end, step)`, whose quotient is rounded: 1.06 counts for itself. */
function zoomFactors(end: number, step: number): number[] {
  return Array.from({ length: Math.ceil((end - 1) / step) }, (_, i) => 1 + i * step);
}
