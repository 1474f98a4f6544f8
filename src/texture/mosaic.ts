import * as tf from '@tensorflow/tfjs-core';
import { permutation, type Random, uniform } from '../support/random';
import { patchPositions } from './patches';
import type { TexturePlan } from './plan';

/**
 * Draws the mosaic: for each place, the row of an exemplar patch's first pixel in its image's table, `[N, gy gx]`
 * int32.
 *
 * All the randomness of a synthesis is here, drawn on the host, each image's part from its own stream.
 */
export function drawPatches(streams: readonly Random[], plan: TexturePlan): tf.Tensor2D {
  const places = plan.grid[0] * plan.grid[1];
  const positions = patchPositions(plan);
  const rows = new Int32Array(streams.length * places);
  for (const [n, random] of streams.entries()) rows.set(drawMosaic(random, plan, positions), n * places);
  return tf.tensor2d(rows, [streams.length, places], 'int32');
}

/**
 * Gives each exemplar its own zone, so that few seams separate different exemplars. Within a zone every part of the
 * exemplar appears equally often, in random order.
 */
function drawMosaic(random: Random, { exemplars, grid }: TexturePlan, positions: readonly number[]): number[] {
  const zones = rank(waves(random, grid)).map((order) => Math.floor((order * exemplars) / (grid[0] * grid[1])));
  const side = Math.sqrt(positions.length / exemplars);
  const [down, across] = [random(), random()];
  const sequence = permutation(random, zones.length);
  return zones.map((exemplar, i) => {
    // Roberts' R2 sequence: its points keep their distance, as random ones do not.
    const y = Math.floor(side * ((down + sequence[i] * 0.7548776662466927) % 1));
    const x = Math.floor(side * ((across + sequence[i] * 0.5698402909980532) % 1));
    return positions[(exemplar * side + y) * side + x];
  });
}

/** Returns a random smooth function on the grid, with one hill or two: a sum of the longest periodic waves. */
function waves(random: Random, [height, width]: readonly [number, number]): number[] {
  const parts = [
    [1, 0],
    [0, 1],
    [1, 1],
    [1, -1],
  ].map(([down, across]) => {
    const [amplitude, phase] = [uniform(random, -1, 1), random()];
    return (y: number, x: number) =>
      amplitude * Math.cos(2 * Math.PI * ((down * y) / height + (across * x) / width + phase));
  });
  return Array.from({ length: height * width }, (_, i) =>
    parts.reduce((sum, part) => sum + part(Math.floor(i / width), i % width), 0),
  );
}

/** Returns the place of each value in ascending order. */
function rank(values: readonly number[]): number[] {
  const ranks: number[] = [];
  values
    .map((_, i) => i)
    .sort((a, b) => values[a] - values[b])
    .forEach((i, order) => {
      ranks[i] = order;
    });
  return ranks;
}
