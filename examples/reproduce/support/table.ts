/** A table whose first `words` columns are text, and the others numbers. */
export function table(head: readonly string[], rows: readonly string[][], words = 1): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map((_, i) => (i < words ? '---' : '---:')).join('|')}|`, ...rows.map(line)].join('\n');
}
