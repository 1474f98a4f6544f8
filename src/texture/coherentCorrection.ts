import * as tf from '@tensorflow/tfjs-core';
import { constant } from './cachedTensor';
import { type Level, lookUp, neighborhoods, type Sources, toTable } from './pyramid';

/** A pixel and its neighbors, as steps down and across. */
const STEPS = [
  [0, 0],
  [-1, 0],
  [1, 0],
  [0, -1],
  [0, 1],
] as const;

/**
 * Prepares coherent correction at a level: every pixel chooses anew between its own source and those that its
 * neighbors' sources continue to (Ashikhmin 2001's coherent candidates, all pixels at once as in Lefebvre & Hoppe
 * 2005), and takes the one whose neighborhood in the exemplar is most like the pixel's neighborhood in the output.
 */
export function coherentCorrection(level: Level): (sources: Sources, times: number) => Sources {
  const colors = toTable(level.pixels, 0);
  // The border is far from everything, so that no source continues over an exemplar's edge.
  const features = toTable(neighborhoods(level.pixels), 2 ** 14);
  const correct = (sources: Sources) =>
    tf.tidy(() => {
      const wanted = neighborhoods(lookUp(colors, sources) as tf.Tensor4D);
      const candidates = tf.reshape(tf.concat(continuations(sources, level)), [STEPS.length, ...sources.shape]);
      const distances = tf.sum(tf.squaredDifference(lookUp(features, candidates), wanted), -1, true);
      return pick(candidates, tf.argMin(distances, 0));
    });
  return (sources, times) => {
    let corrected = sources;
    for (let i = 0; i < times; i++) corrected = correct(corrected);
    return corrected;
  };
}

/** A pixel's own source, and for each neighbor the source that continues the neighbor's to this pixel. */
export function continuations(sources: Sources, level: Level): Sources[] {
  const around: [number, number][] = [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ];
  const padded = tf.mirrorPad(sources, around, 'symmetric');
  return STEPS.map(([dy, dx]) => {
    if (dy === 0 && dx === 0) return sources;
    const neighbors = tf.slice(padded, [0, 1 + dy, 1 + dx, 0], sources.shape);
    return tf.sub(neighbors, tf.scalar(dy * level.stride + dx, 'int32'));
  });
}

/** `candidates[choice[n, y, x], n, y, x]` for candidates `[K, N, h, w, 1]` and a choice `[N, h, w, 1]`. */
function pick(candidates: tf.Tensor, choice: tf.Tensor): Sources {
  const { shape, size } = choice;
  const places = constant(`places ${shape}`, () =>
    tf.tensor(
      Int32Array.from({ length: size }, (_, i) => i),
      shape,
      'int32',
    ),
  );
  const index = tf.add(tf.mul(choice, tf.scalar(size, 'int32')), places);
  return lookUp(tf.reshape(candidates, [-1, 1]), index) as Sources;
}
