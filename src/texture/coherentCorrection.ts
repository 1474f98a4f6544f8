import * as tf from '@tensorflow/tfjs-core';
import { continuations } from './continuations';
import { neighborhoods } from './neighborhood';
import { select } from './operations';
import { cross } from './plan';
import type { Level } from './pyramid';
import { lookUp, type Sources, toTable } from './table';

/**
 * Prepares coherent correction at a level.
 *
 * Each pixel compares its own source with those that continue its neighbors' sources, and takes the one whose
 * neighborhood in the exemplar is nearest to the pixel's neighborhood in the output. The candidates are Ashikhmin's
 * (2001); all pixels are corrected at once as in Lefebvre & Hoppe 2005.
 */
export function coherentCorrection(level: Level): (sources: Sources, times: number) => Sources {
  // The border is far from everything, so that no source continues over an exemplar's edge.
  const features = toTable(neighborhoods(level.pixels), 2 ** 14);
  const correct = (sources: Sources) =>
    tf.tidy(() => {
      const wanted = neighborhoods(lookUp(level.colors, sources) as tf.Tensor4D);
      const candidates = continuations(sources, level, cross);
      const distances = tf.sum(tf.squaredDifference(lookUp(features, candidates), wanted), -1, true);
      return select<Sources>(candidates, tf.argMin(distances, 0) as tf.Tensor4D);
    });
  return (sources, times) => {
    let corrected = sources;
    for (let i = 0; i < times; i++) corrected = correct(corrected);
    return corrected;
  };
}
