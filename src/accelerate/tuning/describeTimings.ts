import type { KernelTiming } from './measure';

/** Writes timings as Markdown: a line that sums up, and a row for each call. */
export function describeTimings(backend: string, timings: readonly KernelTiming[]): string {
  const kept = timings.filter(({ chosen }) => chosen === 'stock').length;
  const rows = timings.map(({ kernel, shapes, count, stockMs, acceleratedMs, chosen, reason }) => [
    kernel,
    shapes,
    String(count),
    stockMs?.toFixed(3) ?? '–',
    acceleratedMs?.toFixed(3) ?? '–',
    reason ? `${chosen} (${reason})` : chosen,
  ]);
  const head = ['kernel', 'shapes', 'times a step', 'ms stock', 'ms accelerated', 'chosen'];
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const summary = `${backend}: measured ${timings.length} calls of a step, kept TensorFlow.js's kernel for ${kept}.`;
  return [summary, '', ...[head, head.map(() => '---'), ...rows].map(line), ''].join('\n');
}
