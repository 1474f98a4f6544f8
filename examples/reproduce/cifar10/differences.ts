import { readFile } from 'node:fs/promises';
import { writeWhole } from '../../support/files';
import { rounded } from '../support/runFiles';
import { type Difference, pairedDifference } from '../support/statistics';
import type { Measure } from './measures';
import type { Runs } from './results';

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
