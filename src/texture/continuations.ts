import * as tf from '@tensorflow/tfjs-core';
import { constant } from './cachedTensor';
import type { Step } from './plan';
import type { Level } from './pyramid';
import type { Sources } from './table';

/**
 * Returns a function of steps (down, across) to neighbors: the sources that continue those neighbors' to each pixel,
 * `[steps, N, h, w, 1]`. Beyond the edges lies the pixel at the edge.
 */
export function continuations(sources: Sources, level: Level): (steps: readonly Step[]) => tf.Tensor5D {
  const { shape } = sources;
  const [, height, width] = shape;
  const positions = constant(`positions ${height} ${width} ${level.stride}`, () =>
    tf.tensor4d(
      Int32Array.from({ length: height * width }, (_, i) => Math.floor(i / width) * level.stride + (i % width)),
      [1, height, width, 1],
      'int32',
    ),
  );
  // All over a coherent area a source less its pixel's position is the same.
  const moved = tf.reshape(tf.sub(sources, positions), [-1, 1]);
  return (steps) => tf.add(tf.gatherND(moved, neighborIndices(shape, steps)), positions) as tf.Tensor5D;
}

/** Returns the index of each pixel's neighbor at each step, `[steps, N, h, w, 1]` int32. */
function neighborIndices([images, height, width]: Sources['shape'], steps: readonly Step[]): tf.Tensor {
  return constant(`neighbors ${images} ${height} ${width} ${steps.join(' ')}`, () => {
    const indices: number[] = [];
    const clip = (i: number, length: number) => Math.min(Math.max(i, 0), length - 1);
    for (const [down, across] of steps)
      for (let row = 0; row < images * height; row++) {
        const y = row % height;
        const first = (row - y + clip(y + down, height)) * width;
        for (let x = 0; x < width; x++) indices.push(first + clip(x + across, width));
      }
    return tf.tensor(Int32Array.from(indices), [steps.length, images, height, width, 1], 'int32');
  });
}
