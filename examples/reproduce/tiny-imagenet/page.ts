import { rewrite } from '../../../tools/sections';
import { arms as allArms } from '../cifar10/config';
import { reproductionPath, writeClaims } from '../claims/claimsTable';
import { table } from '../support/table';
import { inWords } from '../support/words';
import {
  classChanges,
  type correlation,
  extremes,
  fineLessLone,
  settingChanges,
  settingCorrelations,
  textureCorrelation,
} from './classes';
import { arms } from './config';
import { readTinyRuns, type TinyRun } from './results';

/** The tables of Tiny-ImageNet, or that there is no run yet. */
export function tablesOf(runs: readonly TinyRun[]): string {
  const compared = arms.filter((arm) => arm !== 'moco' && classChanges(runs, arm).length > 0);
  if (compared.length === 0) return 'No run yet.';
  const settings = Object.keys(runs[0].accuracy);
  const correlations = settingCorrelations(runs);
  const interval = ({ value, low, high }: ReturnType<typeof correlation>) =>
    Number.isFinite(value) ? `${value.toFixed(2)} (${low.toFixed(2)} … ${high.toFixed(2)})` : '–';
  const overall = table(
    ['points of difference to MoCo v2', ...settings],
    [
      ...compared.map((arm) => [
        allArms[arm].title,
        ...Object.values(settingChanges(runs, arm)).map((difference) => inWords(difference)),
      ]),
      ['correlation with the share of shape', ...settings.map((setting) => interval(correlations[setting]))],
    ],
  );
  const classes = table(
    ['over the classes', 'texture alone and change', 'fine less lone classes', 'lose most', 'win most'],
    compared.map((arm) => {
      const changes = classChanges(runs, arm);
      const { lose, win } = extremes(changes);
      const names = (some: typeof changes) => some.map(({ name, change }) => `${name} ${change.toFixed(1)}`).join(', ');
      return [
        allArms[arm].title,
        interval(textureCorrelation(changes)),
        inWords({ count: changes.length, ...fineLessLone(changes) }),
        names(lose),
        names(win),
      ];
    }),
  );
  return `${overall}\n\n${classes}`;
}

/** Writes the section of docs/reproduction.md from the committed runs, and the claims. */
export async function writePage(): Promise<void> {
  await rewrite(reproductionPath, { 'tiny-imagenet': tablesOf(await readTinyRuns()) });
  await writeClaims();
}
