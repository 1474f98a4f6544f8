import * as tf from '@tensorflow/tfjs-core';
import { padSpatial } from '../support/padSpatial';
import { constant } from './cachedTensor';
import { neighborhoodBasis } from './neighborhood';
import { argMinFirst, halfSquaredLengths, roll } from './operations';
import { layPatches, patchPositions } from './patches';
import type { PatchPass, TexturePlan } from './plan';
import { priceCandidates } from './priceCandidates';
import type { Level } from './pyramid';
import { lookUp, type Sources } from './table';

/** Describes every patch that fits an image's exemplars. */
interface ExemplarPatches {
  /** Low frequencies of each, `[N, E q q, D]`. */
  features: tf.Tensor3D;
  /** Half of the squared length of the features, `[N, 1, E q q]`. */
  energies: tf.Tensor3D;
}

/** Describes the patches of a level's exemplars. */
export function exemplarPatches(level: Level, plan: TexturePlan): ExemplarPatches {
  const maps = describePatches(level.pixels, plan, 1);
  const features = tf.reshape(maps, [level.images, -1, maps.shape[3]]) as tf.Tensor3D;
  return { features, energies: tf.reshape(halfSquaredLengths(features), [level.images, 1, -1]) };
}

/** Returns low frequencies of the patches of `[B, h, w, C]` that start at every `step`-th pixel, `[B, …, …, D]`. */
function describePatches(image: tf.Tensor4D, plan: TexturePlan, step: number): tf.Tensor4D {
  return tf.floor(tf.conv2d(image, neighborhoodBasis(plan.patch, plan.channels, 4, 2), step, 'valid'));
}

/**
 * Moves the patch lattice and replaces each patch by the nearest exemplar patch, found by exhaustive search.
 *
 * Within its rim a new patch replaces only pixels that it nearly agrees with, so the seam runs where it shows least.
 * This replaces the minimum-error cut of Efros & Freeman 2001.
 */
export function patchPass(
  sources: Sources,
  level: Level,
  patches: ExemplarPatches,
  plan: TexturePlan,
  pass: PatchPass,
): Sources {
  return tf.tidy(() => {
    // A texture has no edge: what leaves on one side comes back on the other.
    const old = roll(sources, ...pass.shift);
    const image = lookUp(level.colors, old) as tf.Tensor4D;
    const places = tf.reshape(describePatches(image, plan, plan.patch), [level.images, -1, patches.features.shape[2]]);
    // Half of |a - b|^2 without |a|^2, which is the same for every candidate b.
    const distance = tf.sub(patches.energies, tf.matMul(places, patches.features, false, true));
    const best = argMinFirst(pass.isPriced ? priceCandidates(distance, places) : distance);
    const positions = constant(`patchPositions ${plan.exemplars} ${level.size} ${plan.patch}`, () =>
      tf.tensor2d(Int32Array.from(patchPositions(plan)), [patchPositions(plan).length, 1], 'int32'),
    );
    const fresh = layPatches(lookUp(positions, tf.expandDims(best, -1)), level, plan);

    const change = tf.sum(tf.squaredDifference(lookUp(level.colors, fresh), image), -1, true) as tf.Tensor4D;
    const nearby = tf.avgPool(padSpatial(change, 1, 'symmetric'), 3, 1, 'valid');
    // Whole numbers add up exactly, whatever the order.
    const mean = tf.mean(tf.floor(tf.div(nearby, 1024)), [1, 2], true);
    const kept = tf.greater(tf.mul(tf.add(nearby, 1), rimWeights(plan)), mean);
    return tf.where(kept, old, fresh) as Sources;
  });
}

/** Returns `rim / 1024` at a patch's edge, falling to 0 inside it, for each pixel: `[1, gy p, gx p, 1]`. */
function rimWeights({ grid, patch, rim }: TexturePlan): tf.Tensor4D {
  const [height, width] = [grid[0] * patch, grid[1] * patch];
  return constant(`rim ${height} ${width} ${patch} ${rim}`, () => {
    const toEdge = (i: number) => Math.min(i % patch, patch - 1 - (i % patch));
    const weights = Float32Array.from(
      { length: height * width },
      (_, i) => Math.max(0, rim - Math.min(toEdge(Math.floor(i / width)), toEdge(i % width))) / 1024,
    );
    return tf.tensor4d(weights, [1, height, width, 1]);
  });
}
