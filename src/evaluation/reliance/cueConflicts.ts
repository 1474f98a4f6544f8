import * as tf from '@tensorflow/tfjs-core';
import { permutation, randomStream } from '../../support/random';
import { checkPairs } from './checkCues';
import type { ConflictPair, CueImages } from './cues';
import { compose } from './silhouettes';
import { takeRows } from './takeRows';

/**
 * Makes cue conflicts: the mask of A, filled with the texture of B, on A's background.
 *
 * @param cues What `cueImages` made, with textures.
 * @param pairs Which to make. @default all of `cues.pairs`
 * @returns float32 `[pairs, H, W, C]` in 0 … 1.
 * @throws ArgumentError for cue images without textures, and pairs that are not two of their places.
 */
export function cueConflicts(cues: CueImages, pairs?: readonly ConflictPair[]): tf.Tensor4D {
  const checked = checkPairs(cues, pairs ?? cues?.pairs);
  return tf.tidy(() => {
    const [shape, texture] = [0, 1].map((end) => checked.map((pair) => pair[end]));
    return compose(takeRows(cues.masks, shape), takeRows(cues.textures!, texture), takeRows(cues.backgrounds, shape));
  });
}

/**
 * Draws `count` different ordered pairs of `concepts` so that each lends its shape, and its texture, equally often
 * (once more or less): on a ring in random order, everyone with the one s places further, for each s in random order.
 */
export function drawPairs(concepts: number, count: number, seed: number): ConflictPair[] {
  const random = randomStream(seed, 'cue conflicts');
  const ring = permutation(random, concepts);
  const steps = permutation(random, concepts - 1).map((step) => step + 1);
  return Array.from({ length: count }, (_, i) => {
    const place = i % concepts;
    return [ring[place], ring[(place + steps[Math.floor(i / concepts)]) % concepts]];
  });
}
