import * as tf from '@tensorflow/tfjs-core';
import { constant } from './cachedTensor';
import type { Step } from './plan';
import type { Level } from './pyramid';
import type { Sources } from './table';

/**
 * Returns, for each step (down, across) to a neighbor, the sources that continue the neighbors' to each pixel,
 * `[steps, N, h, w, 1]`. Beyond the edges lies the pixel at the edge.
 */
export function continuations(sources: Sources, { stride }: Level, steps: readonly Step[]): tf.Tensor5D {
  const [images, height, width] = sources.shape;
  const pixels = height * width;
  const clip = (i: number, length: number) => Math.min(Math.max(i, 0), length - 1);
  const neighbor = (i: number, [down, across]: Step) =>
    clip(Math.floor(i / width) + down, height) * width + clip((i % width) + across, width);
  const position = (i: number) => Math.floor(i / width) * stride + (i % width);
  const neighbors = constant(`neighbors ${images} ${height} ${width} ${steps.join(' ')}`, () => {
    const indices = new Int32Array(steps.length * images * pixels);
    indices.forEach((_, i) => {
      const image = Math.floor(i / pixels) % images;
      indices[i] = image * pixels + neighbor(i % pixels, steps[Math.floor(i / pixels / images)]);
    });
    return tf.tensor5d(indices, [steps.length, images, height, width, 1], 'int32');
  });
  const back = constant(`back ${height} ${width} ${stride} ${steps.join(' ')}`, () => {
    const distances = steps.flatMap((step) =>
      Array.from({ length: pixels }, (_, i) => position(i) - position(neighbor(i, step))),
    );
    return tf.tensor5d(Int32Array.from(distances), [steps.length, 1, height, width, 1], 'int32');
  });
  return tf.add(tf.gatherND(tf.reshape(sources, [-1, 1]), neighbors), back);
}
