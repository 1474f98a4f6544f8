/** Mean of some seeds' figures and their standard deviation (n - 1); NaN where there are too few. */
export interface Summary {
  count: number;
  mean: number;
  standardDeviation: number;
}

/** A difference of two arms with the same seeds, and the half of its 95 % confidence interval. */
export interface Difference extends Summary {
  halfInterval: number;
}

/** Student's t at 97.5 %, by degrees of freedom from 1. */
const quantiles = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];

export function summarize(values: readonly number[]): Summary {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { count, mean, standardDeviation: Math.sqrt(squares / (count - 1)) };
}

/** Runs of two arms with the same seed. */
export function pairsOf<Run extends { arm: string; seed: number }>(
  runs: readonly Run[],
  from: string,
  to: string,
): [Run, Run][] {
  const ofArm = (name: string) => runs.filter(({ arm }) => arm === name);
  return ofArm(to).flatMap((run) =>
    ofArm(from)
      .filter(({ seed }) => seed === run.seed)
      .map((base): [Run, Run] => [base, run]),
  );
}

/** The mean difference of a figure over such pairs, with its interval. */
export function differenceOf<Run>(pairs: readonly [Run, Run][], { of }: { of(run: Run): number }): Difference {
  return pairedDifference(
    pairs.map(([base]) => of(base)),
    pairs.map(([, run]) => of(run)),
  );
}

/** Mean of b - a over pairs; the interval is mean ± t s / √n, and NaN for one pair. */
export function pairedDifference(a: readonly number[], b: readonly number[]): Difference {
  const difference = summarize(b.map((value, i) => value - a[i]));
  const { count, standardDeviation } = difference;
  return { ...difference, halfInterval: (quantiles[count - 2] * standardDeviation) / Math.sqrt(count) };
}
