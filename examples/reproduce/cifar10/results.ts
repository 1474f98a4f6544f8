import { readRunFiles } from '../support/runFiles';
import { arms } from './config';
import type { Run } from './run';

/** Finished runs on CIFAR-10, by arm and seed. */
export type Runs = { [arm: string]: { [seed: number]: Run } };

/** One file a run. */
export const resultsDir = 'examples/reproduce/results/cifar10';

/** Reads the runs of a folder, in the order of the arms. */
export async function readRuns(dir: string): Promise<Runs> {
  const runs: Runs = {};
  for (const run of await readRunFiles<Run>(dir)) runs[run.arm] = { ...runs[run.arm], [run.seed]: run };
  return Object.fromEntries(Object.keys(arms).flatMap((arm) => (runs[arm] ? [[arm, runs[arm]]] : [])));
}
