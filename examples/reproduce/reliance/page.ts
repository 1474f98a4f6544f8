import { readFile, rename, writeFile } from 'node:fs/promises';
import { inWords } from '../claims';
import { replaceSection, table } from '../markdown';
import { pairedDifference, summarize } from '../statistics';
import { arms } from './arms';
import { type RelianceRun, readRuns } from './results';

interface Measure {
  title: string;
  of(run: RelianceRun): number;
}

const recallFrom = (title: string, version: 'silhouettes' | 'edges' | 'textures' | 'patches'): Measure => ({
  title,
  of: ({ figures }) => 100 * figures.recall[version]![10].value,
});

/** In the order of the renderings: 3D, color, line art. */
const groupOf =
  (rendering: number) =>
  ({ measures }: RelianceRun) =>
    100 * Object.values(measures.knnOfGroup)[rendering];

const measures: Measure[] = [
  { title: 'shape over texture', of: ({ figures }) => 100 * figures.shapeShare!.value },
  recallFrom('@10 from silhouette', 'silhouettes'),
  recallFrom('@10 from edges', 'edges'),
  recallFrom('@10 from texture alone', 'textures'),
  recallFrom('@10 from shuffled patches', 'patches'),
  { title: '@10 from one view', of: ({ measures }) => 100 * measures.recallFromView.at10 },
  { title: 'group by kNN', of: groupOf(0) },
  { title: 'the same, color', of: groupOf(1) },
  { title: 'the same, line art', of: groupOf(2) },
];

/** The two tables of docs/reliance.md, by the name of their section. */
export function tablesOf(runs: readonly RelianceRun[]): { [section: string]: string } {
  const ofArm = (arm: string) => runs.filter((run) => run.arm === arm);
  const present = Object.keys(arms).filter((arm) => ofArm(arm).length > 0);
  const heads = measures.map(({ title }) => title);
  const shares = present.map((arm) => [
    arms[arm].title,
    String(ofArm(arm).length),
    ...measures.map(({ of }) => spread(ofArm(arm).map(of))),
  ]);
  const differences = present
    .filter((arm) => arm !== baselineOf(arm))
    .flatMap((arm) => {
      const pairs = pairsOf(runs, baselineOf(arm), arm);
      return pairs.length === 0
        ? []
        : [[differenceTitle(arm), String(pairs.length), ...measures.map(({ of }) => inWords(differenceOf(pairs, of)))]];
    });
  return {
    reliance: `${runs.length > 0 ? sizes(runs[0]) : ''}\n\n${table(['percent', 'seeds', ...heads], [...shares, chance(runs)])}`,
    'reliance differences': `Points of difference to the baseline with the same seed:\n\n${table(['', 'pairs', ...heads], differences)}`,
  };
}

/** The arm without negatives, of the same method and length; of those themselves, plain MoCo. */
function baselineOf(arm: string): string | undefined {
  const { training, baseline } = arms[arm];
  return training && (baseline ?? 'plain');
}

function differenceTitle(arm: string): string {
  const baseline = baselineOf(arm) as string;
  return baseline === 'plain' ? arms[arm].title : `${arms[arm].title}, to ${arms[baseline].title}`;
}

/** Runs of two arms with the same seed. */
function pairsOf(runs: readonly RelianceRun[], from: string | undefined, to: string): [RelianceRun, RelianceRun][] {
  return runs
    .filter(({ arm }) => arm === to)
    .flatMap((run) =>
      runs
        .filter(({ arm, seed }) => arm === from && seed === run.seed)
        .map((base): [RelianceRun, RelianceRun] => [base, run]),
    );
}

const differenceOf = (pairs: readonly [RelianceRun, RelianceRun][], of: Measure['of']) =>
  pairedDifference(
    pairs.map(([base]) => of(base)),
    pairs.map(([, run]) => of(run)),
  );

const sizes = ({ concepts, conflicts }: RelianceRun) =>
  `Percent, mean ± standard deviation over seeds; ${concepts} concepts, ${conflicts.toLocaleString('en')} cue conflicts.`;

function chance(runs: readonly RelianceRun[]): string[] {
  const [{ figures } = { figures: undefined }] = runs;
  const share = (value: number | undefined) => (value === undefined ? '–' : (100 * value).toFixed(1));
  const versions = ['silhouettes', 'edges', 'textures', 'patches'] as const;
  const found = versions.map((version) => share(figures?.recall[version]?.[10].chance));
  return ['chance', '', share(figures?.shapeShare?.chance), ...found, ...Array(4).fill('')];
}

function spread(values: readonly number[]): string {
  const { mean, standardDeviation } = summarize(values);
  return Number.isFinite(standardDeviation) ? `${mean.toFixed(1)} ± ${standardDeviation.toFixed(1)}` : mean.toFixed(1);
}

export const pagePath = 'docs/reliance.md';

/** Writes the tables of docs/reliance.md from the finished runs. */
export async function writePage(): Promise<void> {
  let text = await readFile(pagePath, 'utf8');
  for (const [name, content] of Object.entries(tablesOf(await readRuns())))
    text = replaceSection(text, name, content, pagePath);
  await writeFile(`${pagePath}.part`, text);
  await rename(`${pagePath}.part`, pagePath);
  console.log(`Wrote ${pagePath}.`);
}
