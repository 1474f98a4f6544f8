import * as tf from '@tensorflow/tfjs-core';
import { padSpatial } from '../support/padSpatial';
import { neighborhoods } from './neighborhood';
import { select } from './operations';
import type { Level } from './pyramid';
import { lookUp, type Sources, toTable } from './table';

/** A pixel and its neighbors, as steps down and across. */
const steps = [
  [0, 0],
  [-1, 0],
  [1, 0],
  [0, -1],
  [0, 1],
] as const;

/**
 * Prepares coherent correction at a level.
 *
 * Each pixel compares its own source with those that continue its neighbors' sources, and takes the one whose
 * neighborhood in the exemplar is nearest to the pixel's neighborhood in the output. The candidates are Ashikhmin's
 * (2001); all pixels are corrected at once as in Lefebvre & Hoppe 2005.
 */
export function coherentCorrection(level: Level): (sources: Sources, times: number) => Sources {
  const colors = toTable(level.pixels, 0);
  // The border is far from everything, so that no source continues over an exemplar's edge.
  const features = toTable(neighborhoods(level.pixels), 2 ** 14);
  const correct = (sources: Sources) =>
    tf.tidy(() => {
      const wanted = neighborhoods(lookUp(colors, sources) as tf.Tensor4D);
      const candidates = tf.reshape(tf.concat(continuations(sources, level)), [steps.length, ...sources.shape]);
      const distances = tf.sum(tf.squaredDifference(lookUp(features, candidates), wanted), -1, true);
      return select<Sources>(candidates, tf.argMin(distances, 0));
    });
  return (sources, times) => {
    let corrected = sources;
    for (let i = 0; i < times; i++) corrected = correct(corrected);
    return corrected;
  };
}

/** Returns each pixel's own source and, for each neighbor, the source that continues the neighbor's to this pixel. */
export function continuations(sources: Sources, level: Level): Sources[] {
  const padded = padSpatial(sources, 1, 'symmetric');
  return steps.map(([dy, dx]) => {
    if (dy === 0 && dx === 0) return sources;
    const neighbors = tf.slice(padded, [0, 1 + dy, 1 + dx, 0], sources.shape);
    return tf.sub(neighbors, tf.scalar(dy * level.stride + dx, 'int32'));
  });
}
