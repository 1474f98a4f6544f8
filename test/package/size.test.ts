import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { blocks } from '../docs/blocks';
import { cleanUp, run, tool, unpacked } from './consumer';

// Bytes, minified and gzipped, that the package costs a page beside tfjs.
const limits = { loop: 22_900, main: 37_700, page: 78_100 };

let own: string;
beforeAll(() => {
  own = unpacked();
}, 300_000);
afterAll(cleanUp);

const gzipped = (content: string) => gzipSync(content, { level: 9 }).length;

/** What an application bundles that imports these names of the main entry. */
function sizeOf(names: string): number {
  writeFileSync(join(own, 'entry.mjs'), `export ${names} from './dist/index.js';`);
  const flags = ['--bundle', '--minify', '--format=esm', '--external:@tensorflow/*', '--log-level=error'];
  return gzipped(run(own, tool('esbuild'), 'entry.mjs', ...flags));
}

test("the README's loop", () => {
  const [names] =
    blocks('README.md', 'diff')
      .join()
      .replace(/^\+/gm, '')
      .match(/\{[^}]*\}(?=\s*from 'tfjs-nonsemantic)/) ?? [];
  expect(names).toContain('twoViews');
  const bytes = sizeOf(names!);
  console.log(`the README's loop: ${bytes} bytes`);
  expect(bytes).toBeLessThanOrEqual(limits.loop);
});

test('the main entry', () => {
  const bytes = sizeOf('*');
  console.log(`the main entry: ${bytes} bytes`);
  expect(bytes).toBeLessThanOrEqual(limits.main);
});

test.each(['min.js', 'esm.min.js'])('the page build %s', (ending) => {
  expect(gzipped(run(own, 'cat', `dist/tfjs-nonsemantic-negatives.${ending}`))).toBeLessThanOrEqual(limits.page);
});
