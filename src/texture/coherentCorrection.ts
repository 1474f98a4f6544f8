import * as tf from '@tensorflow/tfjs-core';
import { constant } from './constants';
import { type Level, lookUp, neighbourhoods, toTable } from './pyramid';

/** A step of one pixel, down and across. */
export const NEIGHBOURS: readonly (readonly [number, number])[] = [
  [-1, 0],
  [1, 0],
  [0, -1],
  [0, 1],
];

/** The features of every exemplar pixel, as a table `[rows, D]` whose border is far from everything. */
export function featureTable(level: Level): tf.Tensor2D {
  return toTable(neighbourhoods(level.pixels), 2 ** 14);
}

/**
 * Lets every pixel choose anew between its own source and those that its neighbours' sources continue to (Ashikhmin
 * 2001's coherent candidates, all pixels at once as in Lefebvre & Hoppe 2005): the one whose neighbourhood in the
 * exemplar is most like the pixel's neighbourhood in the output.
 */
export function coherentCorrection(
  sources: tf.Tensor3D,
  level: Level,
  colours: tf.Tensor2D,
  features: tf.Tensor2D,
): tf.Tensor3D {
  return tf.tidy(() => {
    const wanted = neighbourhoods(lookUp(colours, sources) as tf.Tensor4D);
    const candidates = tf.stack([sources, ...continued(sources, level)]);
    const distances = tf.sum(tf.squaredDifference(lookUp(features, candidates), wanted), -1);
    return pick(candidates, tf.argMin(distances, 0));
  });
}

/** For each neighbour, the source that continues the neighbour's source to this pixel. 4 x `[N, h, w]` */
export function continued(sources: tf.Tensor3D, level: Level): tf.Tensor3D[] {
  const padded = tf.mirrorPad(
    sources,
    [
      [0, 0],
      [1, 1],
      [1, 1],
    ],
    'symmetric',
  );
  return NEIGHBOURS.map(([dy, dx]) =>
    tf.sub(tf.slice(padded, [0, 1 + dy, 1 + dx], sources.shape), tf.scalar(dy * level.stride + dx, 'int32')),
  );
}

/** `candidates[choice[n, y, x], n, y, x]` for candidates `[K, N, h, w]`. */
function pick(candidates: tf.Tensor, choice: tf.Tensor): tf.Tensor3D {
  const shape = choice.shape as [number, number, number];
  const size = choice.size;
  const places = constant(`range ${shape}`, () =>
    tf.tensor3d(
      Int32Array.from({ length: size }, (_, i) => i),
      shape,
      'int32',
    ),
  );
  const index = tf.add(tf.mul(choice, tf.scalar(size, 'int32')), places);
  return tf.gatherND(tf.reshape(candidates, [-1]), tf.expandDims(index, -1)) as tf.Tensor3D;
}
