import { quantile } from '../../support/quantile';
import { randomStream, uniformInteger } from '../../support/random';

/** A share with its confidence interval, and what guessing would give. */
export interface Figure {
  /** The share, in 0 … 1; a difference of shares in -1 … 1. */
  value: number;
  /** Lower end of the interval; NaN where fewer than two concepts were measured. */
  low: number;
  /** Upper end of the interval. */
  high: number;
  /** The value of features that know nothing. */
  chance: number;
}

/** A weighted mean and the same under each resample. */
export interface Estimate {
  value: number;
  /** Concepts that it is over; a single one has no interval. */
  concepts: number;
  replicates: Float64Array;
}

/** Counts how often each of `concepts` occurs in each of `samples` draws with replacement. */
export function resample(concepts: number, samples: number, seed: number): Uint16Array[] {
  return Array.from({ length: samples }, (_, sample) => {
    const random = randomStream(seed, sample, 'bootstrap');
    const counts = new Uint16Array(concepts);
    for (let i = 0; i < concepts; i++) counts[uniformInteger(random, 0, concepts - 1)]++;
    return counts;
  });
}

/**
 * Averages `values`, as they are and under each resample: a value counts as often as the product of its concepts'
 * counts, so that a pair needs both of its concepts (the pigeonhole bootstrap of Owen 2007).
 *
 * @param concepts The concepts of each value: one list for values of single concepts, two for those of pairs.
 */
export function bootstrapMean(
  values: ArrayLike<number>,
  concepts: readonly ArrayLike<number>[],
  resamples: readonly Uint16Array[],
): Estimate {
  const meanBy = (weightOf: (i: number) => number) => {
    let total = 0;
    let weights = 0;
    for (let i = 0; i < values.length; i++) {
      const weight = weightOf(i);
      total += weight * values[i];
      weights += weight;
    }
    return total / weights;
  };
  const [first, second] = concepts;
  return {
    value: meanBy(() => 1),
    concepts: new Set(Array.from(first)).size,
    replicates: Float64Array.from(resamples, (counts) =>
      meanBy(second ? (i) => counts[first[i]] * counts[second[i]] : (i) => counts[first[i]]),
    ),
  };
}

/** Returns an estimate with its percentile interval; resamples without any of its concepts do not count. */
export function figureOf({ value, concepts, replicates }: Estimate, confidence: number, chance: number): Figure {
  const sorted = replicates.filter((replicate) => concepts > 1 && !Number.isNaN(replicate)).sort();
  const tail = (1 - confidence) / 2;
  return { value, low: quantile(sorted, tail), high: quantile(sorted, 1 - tail), chance };
}

/** Returns the difference b - a under the same resamples. */
export function pairedDifference(a: Estimate, b: Estimate): Estimate {
  return {
    ...b,
    value: b.value - a.value,
    replicates: b.replicates.map((replicate, i) => replicate - a.replicates[i]),
  };
}
