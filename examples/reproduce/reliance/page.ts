import { rewrite } from '../../../tools/sections';
import { differenceOf, pairsOf, summarize } from '../support/statistics';
import { table } from '../support/table';
import { inWords, meanInWords } from '../support/words';
import { arms } from './arms';
import { collapseTable, isShort } from './collapse';
import { measures, type RelianceMeasure, similarities } from './measures';
import { pytorchTable, readPytorchRuns } from './pytorch';
import { type RelianceRun, readRuns } from './results';

const columns = Object.values(measures);

/** The tables of docs/reliance.md, by the name of their section. */
export function tablesOf(runs: readonly RelianceRun[]): { [section: string]: string } {
  const present = Object.keys(arms).filter((arm) => !isShort(arm) && runs.some((run) => run.arm === arm));
  const heads = columns.map(({ title }) => title);
  const shares = present.map((arm) => armRow(runs, arm, columns, 1));
  const differences = present.flatMap((arm) => differenceRow(runs, arm));
  const trained = present.filter((arm) => runs.some((run) => run.arm === arm && run.training?.history));
  return {
    reliance: `${runs.length > 0 ? sizes(runs[0]) : ''}\n\n${table(['percent', 'seeds', ...heads], [...shares, chance(runs)])}`,
    'reliance differences': `Points of difference to the arm without negatives with the same seed, ± half of the 95 % interval:\n\n${table(['', 'pairs', ...heads], differences)}`,
    'reliance trainings': table(
      ['', 'seeds', ...Object.values(similarities).map(({ title }) => title), 'alarms'],
      trained.map((arm) => trainingRow(runs, arm)),
    ),
  };
}

function armRow(runs: readonly RelianceRun[], arm: string, columns: readonly RelianceMeasure[], places: number) {
  const own = runs.filter((run) => run.arm === arm);
  return [arms[arm].title, String(own.length), ...columns.map(({ of }) => meanInWords(own.map(of), places))];
}

function differenceRow(runs: readonly RelianceRun[], arm: string): string[][] {
  const { title, training, baseline = 'plain' } = arms[arm];
  const pairs = pairsOf(runs, baseline, arm);
  if (!training || arm === baseline || pairs.length === 0) return [];
  const name = baseline === 'plain' ? title : `${title}, to ${arms[baseline].title}`;
  return [[name, String(pairs.length), ...columns.map((measure) => inWords(differenceOf(pairs, measure)))]];
}

/** Of the runs that kept a history. */
function trainingRow(runs: readonly RelianceRun[], arm: string): string[] {
  const own = runs.filter((run) => run.arm === arm && run.training?.history);
  const alarmed = own.flatMap(({ training }) => training?.alarms?.slice(0, 1) ?? []);
  const kinds = [...new Set(alarmed.map(({ kind }) => kind))].join(', ');
  const first =
    alarmed.length > 0
      ? `${alarmed.length}: ${kinds}, first at step ${Math.min(...alarmed.map(({ step }) => step))}`
      : 'none';
  return [...armRow(own, arm, Object.values(similarities), 2), first];
}

const sizes = ({ concepts, conflicts }: RelianceRun) =>
  `Percent, mean ± standard deviation over seeds; ${concepts} concepts, ${conflicts.toLocaleString('en')} cue conflicts.`;

function chance(runs: readonly RelianceRun[]): string[] {
  const [{ figures } = { figures: undefined }] = runs;
  const share = (value: number | undefined) => (value === undefined ? '–' : (100 * value).toFixed(1));
  const versions = ['silhouettes', 'edges', 'textures', 'patches'] as const;
  const found = versions.map((version) => share(figures?.recall[version]?.[10].chance));
  return ['chance', '', share(figures?.shapeShare?.chance), ...found, ...Array(4).fill('')];
}

/** Writes the README's line: what patches at alpha 2 change, and what they cost. */
export function factOf(runs: readonly RelianceRun[]): string {
  const pairs = pairsOf(runs, 'plain', 'patch-2');
  const change = (measure: RelianceMeasure) => {
    const [before, after] = [0, 1].map((end) => summarize(pairs.map((pair) => measure.of(pair[end]))).mean.toFixed(1));
    return `from ${before} to ${after} % (${inWords(differenceOf(pairs, measure))})`;
  };
  return (
    `on emoji, ${pairs.length} paired seeds: with patch negatives, pictures with the shape of one emoji and the texture ` +
    `of another are taken for the shape more often, ${change(measures.shape)}; an emoji is found from one view of it ` +
    `less often, ${change(measures.view)}`
  );
}

export const pagePath = 'docs/reliance.md';
export const readmePath = 'README.md';
export const hyperparametersPath = 'docs/hyperparameters.md';

/** Writes the tables of docs/reliance.md and the README's line from the finished runs. */
export async function writePage(): Promise<void> {
  const runs = await readRuns();
  await rewrite(pagePath, { ...tablesOf(runs), 'reliance pytorch': pytorchTable(await readPytorchRuns(), runs) });
  await rewrite(hyperparametersPath, { 'large alpha': collapseTable(runs) });
  await rewrite(readmePath, { 'reliance fact': factOf(runs) });
}
