import { readFile, rename, writeFile } from 'node:fs/promises';
import { replaceSection, table } from '../markdown';
import { summarize } from '../statistics';
import { arms } from './arms';
import { nets } from './nets';
import { readRuns, type SmallNetRun } from './results';

export const pagePath = 'docs/hyperparameters.md';
const section = 'small nets';

/** The page with the table of all runs. */
export function withTable(page: string, runs: readonly SmallNetRun[]): string {
  const present = Object.keys(arms).filter((arm) => runs.some((run) => run.arm === arm));
  const rows = Object.entries(nets).map(([net, { title }]) => {
    const ofNet = runs.filter((run) => run.net === net);
    const cells = present.map((arm) => {
      const ofArm = ofNet.filter((run) => run.arm === arm);
      return spread(ofArm.map(({ trained }) => trained));
    });
    const untrained = new Map(ofNet.map((run) => [run.seed, run.untrained]));
    return [title, spread([...untrained.values()]), ...cells];
  });
  return replaceSection(
    page,
    section,
    table(['encoder', 'untrained', ...present.map((arm) => arms[arm].title)], rows),
    pagePath,
  );
}

function spread(shares: readonly number[]): string {
  const { count, mean, standardDeviation } = summarize(shares.map((share) => 100 * share));
  if (count === 0) return '–';
  return count === 1 ? mean.toFixed(1) : `${mean.toFixed(1)} ± ${standardDeviation.toFixed(1)}`;
}

export async function writePage(): Promise<void> {
  const text = withTable(await readFile(pagePath, 'utf8'), await readRuns());
  await writeFile(`${pagePath}.part`, text);
  await rename(`${pagePath}.part`, pagePath);
  console.log(`Wrote ${pagePath}.`);
}
