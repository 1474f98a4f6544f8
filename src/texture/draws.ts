import * as tf from '@tensorflow/tfjs-core';
import type { Random } from '../support/random';
import { uniformInteger } from '../support/random';
import { patchPositions } from './patches';
import type { TexturePlan } from './plan';

/** All randomness of a synthesis, drawn on the host: each image's part comes from its own stream, in a fixed order. */
export interface TextureDraws {
  /** Row, in its own image's table at the coarsest level, of each patch's first pixel: `[N, gy * gx]` int32. */
  patches: tf.Tensor2D;
  /** A phase in 0 … 1 of each place of each patch pass: passes x `[N, gy * gx, 1]`. */
  placePhases: tf.Tensor3D[];
  /** A phase in 0 … 1 of each exemplar patch: `[N, 1, E q q]`. */
  patchPhases: tf.Tensor3D;
}

export function drawTextures(streams: readonly Random[], plan: TexturePlan): TextureDraws {
  const places = plan.grid[0] * plan.grid[1];
  const positions = patchPositions(plan);
  const images = streams.length;
  const patches = new Int32Array(images * places);
  const placePhases = plan.shifts.map(() => new Float32Array(images * places));
  const patchPhases = new Float32Array(images * positions.length);
  streams.forEach((random, n) => {
    for (let i = 0; i < places; i++)
      patches[n * places + i] = positions[uniformInteger(random, 0, positions.length - 1)];
    for (const phases of placePhases) for (let i = 0; i < places; i++) phases[n * places + i] = random();
    for (let i = 0; i < positions.length; i++) patchPhases[n * positions.length + i] = random();
  });
  return {
    patches: tf.tensor2d(patches, [images, places], 'int32'),
    placePhases: placePhases.map((phases) => tf.tensor3d(phases, [images, places, 1])),
    patchPhases: tf.tensor3d(patchPhases, [images, 1, positions.length]),
  };
}
