import { inWords } from '../support/words';
import { claims } from './claims';
import type { Results } from './comparisons';

export interface JudgedClaim {
  text: string;
  paper: string;
  /** Each comparison in words, with its figures and the number of pairs. */
  figures: string[];
  verdict: string;
}

/**
 * Judges each claim by paired differences over the seeds: reproduced if every one has the expected sign and a 95 %
 * interval that excludes 0.
 */
export function judge(results: Results): JudgedClaim[] {
  return claims.map(({ text, paper, comparisons }) => {
    const compared = comparisons.map((one) => ({ ...one, difference: one.difference(results) }));
    const figures = compared.map(({ title, difference }) => `${title} ${inWords(difference)} (${difference.count})`);
    const rights = compared.map(({ sign, difference }) => sign * difference.mean > 0);
    const certain = compared.map(({ difference }) => Math.abs(difference.mean) > difference.halfInterval);
    return {
      text,
      paper,
      figures,
      verdict: verdictOf(rights, certain, Math.min(...compared.map((one) => one.difference.count))),
    };
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
