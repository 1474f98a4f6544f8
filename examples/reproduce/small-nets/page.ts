import { rewrite, table } from '../support/markdown';
import { meanInWords } from '../support/words';
import { arms } from './arms';
import type { DataName } from './data';
import { nets } from './nets';
import { readRuns, type SmallNetRun } from './results';

export const pagePath = 'docs/hyperparameters.md';

/** The table of the runs on some data. */
export function tableOf(data: DataName, all: readonly SmallNetRun[]): string {
  const runs = all.filter((run) => run.data === data);
  const percent = (shares: number[]) => meanInWords(shares.map((share) => 100 * share));
  const present = Object.keys(arms).filter((arm) => runs.some((run) => run.arm === arm));
  const rows = Object.entries(nets).map(([net, { title }]) => {
    const ofNet = runs.filter((run) => run.net === net);
    const cells = present.map((arm) => percent(ofNet.filter((run) => run.arm === arm).map(({ trained }) => trained)));
    const untrained = new Map(ofNet.map((run) => [run.seed, run.untrained]));
    return [title, percent([...untrained.values()]), ...cells];
  });
  return table(['encoder', 'untrained', ...present.map((arm) => arms[arm].title)], rows);
}

/** The tables by their marks in docs/hyperparameters.md. */
export function tablesOf(runs: readonly SmallNetRun[]) {
  return { 'small nets': tableOf('cifar10', runs), 'small nets on digits': tableOf('digits', runs) };
}

/** Writes the tables. */
export async function writePage(): Promise<void> {
  await rewrite(pagePath, tablesOf(await readRuns()));
}
