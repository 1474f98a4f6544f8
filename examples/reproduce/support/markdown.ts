import { readFile } from 'node:fs/promises';
import { writeWhole } from '../../support/files';

/** A table whose first `words` columns are text, and the others numbers. */
export function table(head: readonly string[], rows: readonly string[][], words = 1): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map((_, i) => (i < words ? '---' : '---:')).join('|')}|`, ...rows.map(line)].join('\n');
}

/** Puts `content` between the marks `<!-- name -->` and `<!-- end of name -->` of a page, on lines of its own as they are. */
export function replaceSection(text: string, name: string, content: string, path: string): string {
  const [start, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  if (!text.includes(start) || !text.includes(end)) throw new Error(`Expected ${start} and ${end} in ${path}.`);
  const gap = text.includes(`${start}\n`) ? '\n' : '';
  return [text.split(start)[0], start, gap, content, gap, end, text.split(end)[1]].join('');
}

/** Replaces sections of a page. */
export async function rewrite(path: string, sections: { [section: string]: string }): Promise<void> {
  let text = await readFile(path, 'utf8');
  for (const [name, content] of Object.entries(sections)) text = replaceSection(text, name, content, path);
  await writeWhole(path, text);
  console.log(`Wrote ${path}.`);
}
