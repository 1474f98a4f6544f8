import { differenceOf, pairsOf, summarize } from '../support/statistics';
import type { TinyRun } from './results';

/** One class: how far textures alone reveal it to MoCo, and what an arm with negatives changes. */
export interface ClassChange {
  name: string;
  group: string;
  /** Whether its group holds several classes of one kind. */
  isFine: boolean;
  textures: number;
  change: number;
}

/** Groups that gather what fits nowhere else, such as the other mammals: their classes count as lone ones. */
const isRest = (group: string) => group === 'scene' || group.startsWith('other ');

/** Means over the seeds that both arms have, in percent and points. */
export function classChanges(runs: readonly TinyRun[], arm: string): ClassChange[] {
  const pairs = pairsOf(runs, 'moco', arm);
  if (pairs.length === 0) return [];
  const [[first]] = pairs;
  const groups = Object.values(first.classes).map(({ group }) => group);
  return Object.entries(first.classes).map(([name, { group }]) => ({
    ...{ name, group, isFine: !isRest(group) && groups.filter((other) => other === group).length > 1 },
    textures: 100 * summarize(pairs.map(([base]) => base.classes[name].textures)).mean,
    change: 100 * summarize(pairs.map(([base, run]) => run.classes[name].images - base.classes[name].images)).mean,
  }));
}

/** The classes that lose most, then those that win most. */
export function extremes(changes: readonly ClassChange[], count = 5): { lose: ClassChange[]; win: ClassChange[] } {
  const sorted = [...changes].sort((a, b) => a.change - b.change);
  return { lose: sorted.slice(0, count), win: sorted.slice(-count).reverse() };
}

/** Pearson's correlation with Fisher's 95 % interval; NaN for fewer than four points or a constant. */
export function correlation(x: readonly number[], y: readonly number[]): { value: number; low: number; high: number } {
  const [mx, my] = [summarize(x).mean, summarize(y).mean];
  const sum = (terms: number[]) => terms.reduce((a, b) => a + b, 0);
  const covariance = sum(x.map((value, i) => (value - mx) * (y[i] - my)));
  const scale = Math.sqrt(sum(x.map((value) => (value - mx) ** 2)) * sum(y.map((value) => (value - my) ** 2)));
  const value = x.length < 4 || scale === 0 ? Number.NaN : covariance / scale;
  const half = 1.96 / Math.sqrt(x.length - 3);
  const bounded = Math.min(1 - 1e-12, Math.max(1e-12 - 1, value));
  return { value, low: Math.tanh(Math.atanh(bounded) - half), high: Math.tanh(Math.atanh(bounded) + half) };
}

/** Correlation over the classes of accuracy from textures with the change. */
export const textureCorrelation = (changes: readonly ClassChange[]) =>
  correlation(
    changes.map(({ textures }) => textures),
    changes.map(({ change }) => change),
  );

/** Mean change of the fine classes less that of the lone ones, with Welch's interval (95 %, normal). */
export function fineLessLone(changes: readonly ClassChange[]): { mean: number; halfInterval: number } {
  const of = (isFine: boolean) => summarize(changes.filter((one) => one.isFine === isFine).map(({ change }) => change));
  const [fine, lone] = [of(true), of(false)];
  const variance = [fine, lone].reduce((sum, { standardDeviation, count }) => sum + standardDeviation ** 2 / count, 0);
  return { mean: fine.mean - lone.mean, halfInterval: 1.96 * Math.sqrt(variance) };
}

/**
 * By test setting, the correlation over all runs of reliance on shape with accuracy. Photographs have no masks, so shape
 * is found from edges: reliance is the share of edges in recall from edges and from textures.
 */
export function settingCorrelations(runs: readonly TinyRun[]): { [setting: string]: ReturnType<typeof correlation> } {
  const shape = runs.map(({ recall }) => recall.edges / (recall.edges + recall.textures));
  const settings = Object.keys(runs[0]?.accuracy ?? {});
  return Object.fromEntries(
    settings.map((setting) => [
      setting,
      correlation(
        shape,
        runs.map(({ accuracy }) => accuracy[setting]),
      ),
    ]),
  );
}

/** What an arm changes in each test setting, paired by seed, in points. */
export function settingChanges(runs: readonly TinyRun[], arm: string) {
  const pairs = pairsOf(runs, 'moco', arm);
  const settings = Object.keys(pairs[0]?.[1].accuracy ?? {});
  return Object.fromEntries(
    settings.map((setting) => [setting, differenceOf(pairs, { of: ({ accuracy }) => 100 * accuracy[setting] })]),
  );
}
