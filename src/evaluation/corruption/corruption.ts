import type * as tf from '@tensorflow/tfjs-core';
import type { Random } from '../../support/random';

/** Side of the images for which a table of severities was published. */
export type Scale = 32 | 64 | 224;

/** From 1 (mild) to 5. */
export type Severity = 1 | 2 | 3 | 4 | 5;

export const scales: readonly Scale[] = [32, 64, 224];

/** Corrupts images `[N, H, W, 3]` in 0 … 1, with one random stream an image. The caller clips the result to 0 … 1. */
export type Corruption = (
  images: tf.Tensor4D,
  scale: Scale,
  severity: Severity,
  randoms: readonly Random[],
) => tf.Tensor4D;

/**
 * Returns the corruption that applies `change` at the levels of a published table.
 *
 * The three tables are those of CIFAR-10-C (32 px), Tiny ImageNet-C (64 px) and ImageNet-C (224 px).
 */
// Lets bundlers leave the tables out where `corrupt` is not used.
/* @__NO_SIDE_EFFECTS__ */
export function corruption<Level>(
  levels: { [S in Scale]: readonly [Level, Level, Level, Level, Level] },
  change: (images: tf.Tensor4D, level: Level, randoms: readonly Random[]) => tf.Tensor,
): Corruption {
  return (images, scale, severity, randoms) => change(images, levels[scale][severity - 1], randoms) as tf.Tensor4D;
}
