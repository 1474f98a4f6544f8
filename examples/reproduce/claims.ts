import { type Measure, measures } from './measures';
import type { Run } from './run';
import { type Difference, pairedDifference } from './statistics';

/** Finished runs, by arm and seed. */
export type Runs = { [arm: string]: { [seed: number]: Run } };

/** What the paper says, as differences that should be above 0 (sign 1) or below (sign -1). */
interface Claim {
  text: string;
  /** From the paper's README table, where it has them. */
  paper: string;
  comparisons: { measure: Measure; from: string; to: string; sign: 1 | -1 }[];
}

const above = (measure: Measure, to: string, from: string) => ({ measure, from, to, sign: 1 as const });
const below = (measure: Measure, to: string, from: string) => ({ measure, from, to, sign: -1 as const });

const claims: Claim[] = [
  {
    text: 'Patch negatives at alpha 2 gain in domain',
    paper: '+1.5 (ImageNet-100)',
    comparisons: [above(measures.linear, 'patch-2', 'moco')],
  },
  {
    text: 'They gain under corruption',
    paper: '+2.1',
    comparisons: [above(measures.corrupted, 'patch-2', 'moco')],
  },
  {
    text: 'They gain where only shape is left',
    paper: '+3.5 (Sketch), +1.2 (Stylized)',
    comparisons: [
      above(measures.edges, 'patch-2', 'moco'),
      above(measures.silhouettes, 'patch-2', 'moco'),
      above(measures.conflict, 'patch-2', 'moco'),
    ],
  },
  {
    text: 'Alpha 3 costs accuracy in domain',
    paper: '-3.8 against alpha 2',
    comparisons: [below(measures.linear, 'patch-3', 'patch-2')],
  },
  {
    text: 'Alpha 3 raises the reliance on shape',
    paper: '+2.3 (Sketch) against alpha 2',
    comparisons: [
      above(measures.edges, 'patch-3', 'patch-2'),
      above(measures.silhouettes, 'patch-3', 'patch-2'),
      above(measures.conflict, 'patch-3', 'patch-2'),
      above(measures.shapeBias, 'patch-3', 'patch-2'),
    ],
  },
  {
    text: 'Texture negatives gain a little under corruption',
    paper: '+0.5',
    comparisons: [above(measures.corrupted, 'texture-2', 'moco')],
  },
  {
    text: 'Patch negatives beat texture negatives',
    paper: '+1.6 (ImageNet-100), +1.6 (Corruption)',
    comparisons: [above(measures.linear, 'patch-2', 'texture-2'), above(measures.corrupted, 'patch-2', 'texture-2')],
  },
];

export interface JudgedClaim {
  text: string;
  paper: string;
  /** Each comparison in words, with its figures. */
  figures: string[];
  verdict: string;
}

/**
 * Judges each claim by paired differences over the seeds: reproduced if every one has the expected sign and a 95 %
 * interval that excludes 0.
 */
export function judge(runs: Runs): JudgedClaim[] {
  return claims.map(({ text, paper, comparisons }) => {
    const compared = comparisons.map((one) => ({ ...one, difference: compare(runs, one.from, one.to, one.measure) }));
    const figures = compared.map(({ measure, difference }) => `${measure.title} ${inWords(difference)}`);
    const rights = compared.map(({ sign, difference }) => sign * difference.mean > 0);
    const certain = compared.map(({ difference }) => Math.abs(difference.mean) > difference.halfInterval);
    return { text, paper, figures, verdict: verdictOf(rights, certain, compared[0].difference.count) };
  });
}

function verdictOf(rights: readonly boolean[], certain: readonly boolean[], seeds: number): string {
  if (seeds === 0) return 'no run yet';
  const direction = rights.every(Boolean) ? 'the direction shows' : rights.some(Boolean) ? 'mixed' : 'the other way';
  if (seeds === 1) return `undecided: one seed; ${direction}`;
  if (rights.every(Boolean) && certain.every(Boolean)) return 'reproduced';
  const wrong = rights.some((right, i) => !right && certain[i]);
  return `not reproduced: ${direction}${wrong ? '' : ', within the noise'}`;
}

/** b - a of one measure over the seeds that both arms have. */
export function compare(runs: Runs, from: string, to: string, { of }: Measure): Difference {
  const seeds = Object.keys(runs[from] ?? {})
    .map(Number)
    .filter((seed) => runs[to]?.[seed]);
  return pairedDifference(
    seeds.map((seed) => of(runs[from][seed])),
    seeds.map((seed) => of(runs[to][seed])),
  );
}

/** "+1.2 ± 0.8", the second the half of the interval. */
export function inWords({ count, mean, halfInterval }: Difference, places = 1): string {
  if (count === 0) return '–';
  const sign = mean < 0 ? '-' : '+';
  const interval = Number.isFinite(halfInterval) ? ` ± ${halfInterval.toFixed(places)}` : '';
  return `${sign}${Math.abs(mean).toFixed(places)}${interval}`;
}
