// Makes the README's links and pictures absolute while the package is packed: the npm page has no other files. With
// --undo, puts the README back.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const original = '.cache/README.md';

/** Points relative links at the repository, and relative pictures at their bytes. */
export function absoluteLinks(markdown: string, repository: string, version: string): string {
  const page = `${repository}/blob/v${version}/`;
  const raw = `${repository.replace('https://github.com/', 'https://raw.githubusercontent.com/')}/v${version}/`;
  return markdown.replace(/(!?)\[([^\]]*)\]\((?!https?:|#)([^)]+)\)/g, (_, picture, text, path) =>
    picture ? `![${text}](${raw}${path})` : `[${text}](${page}${path})`,
  );
}

if (process.argv[1]?.endsWith('absoluteLinks.ts')) {
  if (process.argv[2] === '--undo') {
    if (existsSync(original)) renameSync(original, 'README.md');
  } else {
    const { repository, version } = JSON.parse(readFileSync('package.json', 'utf8'));
    const markdown = readFileSync('README.md', 'utf8');
    mkdirSync('.cache', { recursive: true });
    writeFileSync(original, markdown);
    writeFileSync('README.md', absoluteLinks(markdown, repository.url.replace(/^git\+|\.git$/g, ''), version));
  }
}
