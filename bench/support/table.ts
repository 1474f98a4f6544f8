import type { Result } from './compare';
import type { Spread } from './statistics';

/** A number with three digits that count. */
export const number = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line), ''].join('\n');
}

const withSpread = ({ median, low, high }: Spread) =>
  low === high ? number(median) : `${number(median)} (${number(low)}-${number(high)})`;

/** What was measured, in the comparison's own unit: a row a contestant. */
export function contestantTable({ contestants, figure, skipped }: Result): string {
  const rows = contestants.map(({ name, measured, cpuMs }) => [
    name,
    withSpread(measured),
    ...(figure === 'ms' ? [cpuMs === undefined ? '' : number(cpuMs)] : []),
  ]);
  const head = figure === 'ms' ? ['', 'ms, median (middle half)', 'ms of all cores'] : ['', 'MB'];
  return [table(head, rows), ...skipped.map((reason) => `Skipped: ${reason}.\n`)].join('\n');
}

/** All ratios against their targets: what is read first. */
export function ratioTable(results: readonly Result[]): string {
  const rows = results.flatMap(({ title, ratios }) =>
    ratios.map(({ of, to, ratio, must, stretch }) => [
      title,
      `${of} / ${to}`,
      withSpread(ratio),
      must === undefined ? '' : `≤ ${must}`,
      stretch === undefined ? '' : `≤ ${stretch}`,
      verdict(ratio.median, must, stretch),
    ]),
  );
  return table(['what', 'ratio of', 'measured', 'must', 'stretch', ''], rows);
}

function verdict(ratio: number, must = Number.POSITIVE_INFINITY, stretch = 0): string {
  if (ratio > must) return 'missed';
  return ratio <= stretch ? 'stretch' : 'holds';
}
