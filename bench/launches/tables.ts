import { table } from '../support/table';
import type { KernelCount } from './countLaunches';

type Counts = Map<string, KernelCount>;

/** One step on one backend, as shipped and accelerated. */
export interface Comparison {
  backend: string;
  name: string;
  stock: Counts;
  own: Counts;
}

const integer = (value: number) => value.toLocaleString('en-US');
const megabytes = (bytes: number) => (bytes < 1e6 ? '< 1' : integer(Math.round(bytes / 1e6)));

/** Both figures, or one where they are the same. */
const both = (a: string | undefined, b: string | undefined) => (a === b ? `${a}` : `${a ?? '–'} → ${b ?? '–'}`);

const columns: { [head: string]: (count: KernelCount) => string } = {
  launches: ({ launches }) => integer(launches),
  invocations: ({ invocations }) => integer(invocations),
  'work of an invocation': ({ work }) => integer(work),
  MB: ({ bytes }) => megabytes(bytes),
};

/** A row a kernel, most bytes first: as shipped → accelerated. */
export function kernelTable(stock: Counts, own: Counts): string {
  const bytes = (name: string) => Math.max(stock.get(name)?.bytes ?? 0, own.get(name)?.bytes ?? 0);
  const names = [...new Set([...stock.keys(), ...own.keys()])].sort((a, b) => bytes(b) - bytes(a));
  const rows = names.map((name) => {
    const [a, b] = [stock.get(name), own.get(name)];
    return [name, ...Object.values(columns).map((write) => both(a && write(a), b && write(b)))];
  });
  return table(['kernel', ...Object.keys(columns)], rows);
}

/** A row a step: the sums of its kernels, and the most work of an invocation. */
export function summaryTable(comparisons: readonly Comparison[]): string {
  const sum = (counts: Counts, of: (count: KernelCount) => number) =>
    [...counts.values()].reduce((total, count) => total + of(count), 0);
  const maxWork = (counts: Counts) => {
    const [name, { work }] = [...counts].reduce((a, b) => (b[1].work > a[1].work ? b : a));
    return `${integer(work)} (${name})`;
  };
  const rows = comparisons.map(({ backend, name, stock, own }) => [
    backend,
    name,
    ...[stock, own].map((counts) => integer(sum(counts, ({ launches }) => launches))),
    ...[stock, own].map((counts) => megabytes(sum(counts, ({ bytes }) => bytes))),
    ...[stock, own].map(maxWork),
  ]);
  const head = [
    'backend',
    'step',
    'launches',
    'accelerated',
    'MB',
    'accelerated',
    'most work of an invocation',
    'accelerated',
  ];
  return table(head, rows);
}
