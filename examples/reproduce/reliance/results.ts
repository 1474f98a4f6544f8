import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Measures } from '../../quickstart/measure';
import type { Reliance } from '../../quickstart/record';
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
/** Writes a finished run, whole. */
export async function writeRun(run: RelianceRun): Promise<void> {
  const round = (_: string, value: unknown) => (typeof value === 'number' ? Math.round(1e4 * value) / 1e4 : value);
  await mkdir(resultsDir, { recursive: true });
  const path = join(resultsDir, `${run.arm}-${run.seed}.json`);
  await writeFile(`${path}.part`, `${JSON.stringify(run, round, 2)}\n`);
  await rename(`${path}.part`, path);
}

/** All finished runs, by arm and seed. */
export async function readRuns(): Promise<RelianceRun[]> {
  const names = await readdir(resultsDir).catch(() => []);
  const runs = names.filter((name) => name.endsWith('.json')).map((name) => readFile(join(resultsDir, name), 'utf8'));
  const order = Object.keys(arms);
  return (await Promise.all(runs))
    .map((text): RelianceRun => JSON.parse(text))
    .sort((a, b) => order.indexOf(a.arm) - order.indexOf(b.arm) || a.seed - b.seed);
}
