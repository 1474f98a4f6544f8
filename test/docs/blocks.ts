import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');

/** The fenced blocks of a page in one language, in order. */
export function blocks(page: string, language: string): string[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(([, code]) => code);
}

/** One side of a diff: the lines without a mark, and those with `mark`. */
export const side = (diff: string, mark: '-' | '+') =>
  diff
    .split('\n')
    .filter((line) => [' ', mark, undefined].includes(line[0]))
    .map((line) => line.slice(2))
    .join('\n');

/** A program with its imports first and each name once, as a page repeats them from block to block. */
export function withImportsFirst(program: string): string {
  const imports = /^import [^;]*?;[ \t]*(\/\/.*)?$/gm;
  const named = /^import \{([^}]*)\} from ('[^']*');/;
  const names = new Map<string, Set<string>>();
  const others = new Set<string>();
  for (const line of program.match(imports) ?? []) {
    const [, list, source] = line.match(named) ?? [];
    if (!source) others.add(line);
    else names.set(source, new Set([...(names.get(source) ?? []), ...list.split(',').map((name) => name.trim())]));
  }
  const merged = [...names].map(
    ([source, list]) => `import { ${[...list].filter(Boolean).join(', ')} } from ${source};`,
  );
  return [...others, ...merged, program.replace(imports, '')].join('\n');
}

/** What a page says as programs: its `ts` blocks as one, and after them each `diff` block before and after. */
export function programsOf(page: string): { page: string; part: string; program: string }[] {
  const start = blocks(page, 'ts').join('\n');
  return [
    ...(start === '' ? [] : [{ page, part: 'its blocks', program: start }]),
    ...blocks(page, 'diff').flatMap((diff, i) => [
      { page, part: `change ${i + 1}, before`, program: `${start}\n${side(diff, '-')}` },
      { page, part: `change ${i + 1}, after`, program: `${start}\n${side(diff, '+')}` },
    ]),
  ];
}
