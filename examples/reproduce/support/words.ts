import { type Difference, summarize } from './statistics';

/** "+1.2 ± 0.8", the second the half of the interval. */
export function inWords({ count, mean, halfInterval }: Pick<Difference, 'count' | 'mean' | 'halfInterval'>): string {
  if (count === 0) return '–';
  const sign = mean < 0 ? '-' : '+';
  const interval = Number.isFinite(halfInterval) ? ` ± ${halfInterval.toFixed(1)}` : '';
  return `${sign}${Math.abs(mean).toFixed(1)}${interval}`;
}

/** "61.2 ± 0.8", mean and standard deviation; without the second for one value. */
export function meanInWords(values: readonly number[], places = 1): string {
  const { mean, standardDeviation } = summarize(values);
  if (!Number.isFinite(mean)) return '–';
  const deviation = Number.isFinite(standardDeviation) ? ` ± ${standardDeviation.toFixed(places)}` : '';
  return `${mean.toFixed(places)}${deviation}`;
}
