import { readFile } from 'node:fs/promises';
import { writeWhole } from '../support/files';
import type { Runs } from './cifarRuns';
import type { Measure } from './measures';
import { rounded } from './runFiles';
import { type Difference, pairedDifference, summarize } from './statistics';

/** b - a of one measure over the seeds that both arms have. */
export function compare(runs: Runs, from: string, to: string, { of }: Measure): Difference {
  const seeds = Object.keys(runs[from] ?? {})
    .map(Number)
    .filter((seed) => runs[to]?.[seed]);
  return pairedDifference(
    seeds.map((seed) => of(runs[from][seed])),
    seeds.map((seed) => of(runs[to][seed])),
  );
}

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

/** Differences on CIFAR-10 by `differenceKey`: what is kept of its runs, which are too large to be committed. */
export interface CifarDifferences {
  /** Where the figures come from. */
  source: string;
  differences: { [key: string]: Pick<Difference, 'count' | 'mean' | 'halfInterval'> };
}

export const differenceKey = (to: string, from: string, { title }: Measure) => `${title}: ${to} - ${from}`;

const path = 'examples/reproduce/results/cifar10.json';

export async function readCifar(): Promise<CifarDifferences> {
  return JSON.parse(await readFile(path, 'utf8'));
}

export async function writeCifar(cifar: CifarDifferences): Promise<void> {
  await writeWhole(path, `${JSON.stringify(cifar, rounded(3), 2)}\n`);
}
