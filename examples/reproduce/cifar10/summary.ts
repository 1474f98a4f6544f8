import { mkdir, writeFile } from 'node:fs/promises';
import { rewrite } from '../../../tools/sections';
import { reproductionPath, writeClaims } from '../claims/claimsTable';
import { cifarComparisons } from '../claims/comparisons';
import { summarize } from '../support/statistics';
import { table } from '../support/table';
import { inWords, meanInWords } from '../support/words';
import { arms, baselineOf, usualArms } from './config';
import { compare, differenceKey, writeCifar } from './differences';
import { factOf } from './fact';
import { figuresOf } from './figures';
import { type Measure, measures, similarities } from './measures';
import type { Runs } from './results';

/** Writes the tables between the marks of docs/reproduction.md, and its figures, from the finished runs. */
export async function writeSummary(runs: Runs): Promise<void> {
  const sections = { accuracy: accuracyTable(runs), differences: differenceTable(runs) };
  await rewrite(reproductionPath, { ...sections, similarities: similarityTable(runs), classes: classTable(runs) });
  const cifar = {
    source: 'npm run reproduce',
    differences: Object.fromEntries(
      cifarComparisons.map(({ measure, to, from }) => {
        const { count, mean, halfInterval } = compare(runs, from, to, measure);
        return [differenceKey(to, from, measure), { count, mean, halfInterval }];
      }),
    ),
  };
  await writeCifar(cifar);
  await rewrite('README.md', { 'accuracy fact': factOf(cifar) });
  await writeClaims();
  await mkdir('docs/reproduction', { recursive: true });
  // Arms with settings of their own have other steps, and would crowd the plots.
  const plotted = Object.fromEntries(Object.entries(runs).filter(([arm]) => usualArms.includes(arm)));
  for (const [name, svg] of Object.entries(figuresOf(plotted))) await writeFile(`docs/reproduction/${name}.svg`, svg);
  console.log(`${sections.accuracy}\n\n${sections.differences}`);
}

function accuracyTable(runs: Runs): string {
  return armTable(runs, Object.values(measures), 1);
}

function similarityTable(runs: Runs): string {
  return armTable(runs, Object.values(similarities), 2);
}

/** One row an arm: mean and standard deviation over its seeds. */
function armTable(runs: Runs, columns: readonly Measure[], places: number): string {
  const rows = Object.entries(runs).map(([arm, bySeed]) => {
    const cells = columns.map(({ of }) => meanInWords(Object.values(bySeed).map(of), places));
    return [arms[arm].title, String(Object.keys(bySeed).length), ...cells];
  });
  return table(['', 'seeds', ...columns.map(({ title }) => title)], rows);
}

/** Each arm with negatives less the one without, over the same seeds. */
function differenceTable(runs: Runs): string {
  const columns = Object.values(measures);
  const rows = Object.keys(runs)
    .filter((arm) => arms[arm].alpha > 0)
    .map((arm) => {
      const differences = columns.map((measure) => compare(runs, baselineOf(arm), arm, measure));
      return [arms[arm].title, String(differences[0].count), ...differences.map((one) => inWords(one))];
    });
  return table(['less the same without negatives', 'pairs', ...columns.map(({ title }) => title)], rows);
}

/** By class: MoCo v2's accuracy on textures alone, and what the other arms gain over it on the images. */
function classTable(runs: Runs): string {
  const others = usualArms.filter((arm) => arm !== 'moco' && runs[arm]);
  const classes = Object.keys(Object.values(runs.moco ?? {})[0]?.evaluation.domains['CIFAR-10 test'].perClass ?? {});
  const onTextures = (name: string): Measure => ({
    title: name,
    of: ({ evaluation }) =>
      100 * evaluation.textureReliance.classes.find((one) => one.name === name)!.accuracy.textures.linear,
  });
  const onImages = (name: string): Measure => ({
    title: name,
    of: ({ evaluation }) => 100 * evaluation.domains['CIFAR-10 test'].perClass[name],
  });
  const rows = classes.map((name) => [
    name,
    summarize(Object.values(runs.moco).map(onTextures(name).of)).mean.toFixed(1),
    summarize(Object.values(runs.moco).map(onImages(name).of)).mean.toFixed(1),
    ...others.map((arm) => inWords(compare(runs, 'moco', arm, onImages(name)))),
  ]);
  return table(['class', 'MoCo v2 on textures', 'MoCo v2 on images', ...others.map((arm) => arms[arm].title)], rows);
}
