import { readFile, writeFile } from 'node:fs/promises';

/** Puts `content` between the marks `<!-- name -->` and `<!-- end of name -->` of a page, on lines of its own as they are. */
export function replaceSection(text: string, name: string, content: string, path: string): string {
  const [start, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  if (!text.includes(start) || !text.includes(end))
    throw new Error(`Expected ${start} and ${end} in ${path}, received a page without one of them.`);
  const gap = text.includes(`${start}\n`) ? '\n' : '';
  return [text.split(start)[0], start, gap, content, gap, end, text.split(end)[1]].join('');
}

/** Replaces sections of a page. */
export async function rewrite(path: string, sections: { [section: string]: string }): Promise<void> {
  let text = await readFile(path, 'utf8');
  for (const [name, content] of Object.entries(sections)) text = replaceSection(text, name, content, path);
  await writeFile(path, text);
  console.log(`Wrote ${path}.`);
}
