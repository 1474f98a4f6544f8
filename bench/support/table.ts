import type { Result } from './compare';
import type { Spread } from './statistics';

/** Formats a number with three significant digits. */
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

/** All ratios beside their goals, which readers look at first. */
export function ratioTable(results: readonly Result[]): string {
  const rows = results.flatMap(({ title, ratios }) =>
    ratios.map(({ of, to, ratio, goal }) => [
      title,
      `${of} / ${to}`,
      withSpread(ratio),
      `≤ ${goal}`,
      ratio.median <= goal ? 'yes' : 'no',
    ]),
  );
  return table(['what', 'ratio of', 'measured', 'goal', 'reached'], rows);
}
