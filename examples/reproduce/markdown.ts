/** A table whose first `words` columns are text, and the others numbers. */
export function table(head: readonly string[], rows: readonly string[][], words = 1): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map((_, i) => (i < words ? '---' : '---:')).join('|')}|`, ...rows.map(line)].join('\n');
}

/** Puts `content` between the marks `<!-- name -->` and `<!-- end of name -->` of a page. */
export function replaceSection(text: string, name: string, content: string, path: string): string {
  const [start, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  if (!text.includes(start) || !text.includes(end)) throw new Error(`Expected ${start} and ${end} in ${path}.`);
  return `${text.split(start)[0]}${start}\n${content}\n${end}${text.split(end)[1]}`;
}
