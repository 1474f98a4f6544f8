import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tolerances } from './tolerances';

test('docs/backends.md shows the tolerances that the tests allow', () => {
  const docs = readFileSync(join(__dirname, '../../docs/backends.md'), 'utf8');
  const [, section] = docs.split('## Tolerances');
  const rows = section
    .split('\n## ')[0]
    .split('\n')
    .filter((line) => /^\| (?!backend)/.test(line));
  expect(rows).toEqual(
    tolerances.map(({ backend, what, tolerance, cause }) => `| ${backend} | ${what} | ${tolerance} | ${cause} |`),
  );
});
