import type { Measures } from '../../quickstart/measure';
import type { Reliance } from '../../quickstart/record';
import { readRunFiles, writeRunFile } from '../support/runFiles';
import { arms } from './arms';
import type { TrainingFigures } from './train';

/** What one run leaves, small enough to be committed. Shares are rounded to 1e-4. */
export interface RelianceRun {
  arm: string;
  seed: number;
  date: string;
  backend: string;
  settings: { [name: string]: unknown };
  /** How the training went, where there was one. */
  training?: Partial<TrainingFigures>;
  concepts: number;
  conflicts: number;
  /** Shape share, and recall at 10 from each version, with 95 % intervals over the concepts. */
  figures: Omit<Reliance['encoders'][string], 'classes'>;
  /** The quickstart's measures. */
  measures: Measures;
}

/** Where finished runs are kept. */
const resultsDir = 'examples/reproduce/results/reliance';

/** Writes a finished run. */
export const writeRun = (run: RelianceRun): Promise<void> => writeRunFile(resultsDir, run);

/** All finished runs, by arm and seed. */
export async function readRuns(): Promise<RelianceRun[]> {
  const order = Object.keys(arms);
  const runs = await readRunFiles<RelianceRun>(resultsDir);
  return runs.sort((a, b) => order.indexOf(a.arm) - order.indexOf(b.arm) || a.seed - b.seed);
}
