import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanUp, root, unpacked } from './consumer';

// The tarball as npm and its users see it.
let own: string;
const read = (name: string) => readFileSync(join(own, name), 'utf8');
beforeAll(() => {
  own = unpacked();
}, 300_000);
afterAll(cleanUp);

test('package.json names the package’s source', () => {
  const { repository, homepage, bugs, author, keywords, license } = JSON.parse(read('package.json'));
  expect({ repository, homepage, bugs, author, license }).toEqual({
    repository: { type: 'git', url: expect.stringMatching(/^git\+https:\/\/github\.com\/[\w-]+\/[\w-]+\.git$/) },
    homepage: expect.stringMatching(/^https:/),
    bugs: expect.stringMatching(/^https:/),
    author: expect.any(String),
    license: 'Apache-2.0',
  });
  expect(readFileSync(join(root, 'CITATION.cff'), 'utf8')).toContain(repository.url.replace(/^git\+|\.git$/g, ''));
  expect(keywords.length).toBeGreaterThan(5);
});

test('the tarball holds what it exports, and nothing else', () => {
  expect(readdirSync(own).sort()).toEqual(
    ['LICENSE', 'README.md', 'accelerate', 'dist', 'evaluation', 'node', 'package.json'].sort(),
  );
  const files = (value: unknown): string[] =>
    typeof value === 'string' ? [value] : Object.values(value as object).flatMap(files);
  const { exports, main, module, types, unpkg, bin } = JSON.parse(read('package.json'));
  const named = files([exports, main, module, types, unpkg, bin]);
  expect(named.filter((file) => !existsSync(join(own, file)))).toEqual([]);
});

test('resolvers that ignore exports find each entry by its folder', () => {
  for (const name of ['evaluation', 'accelerate', 'node']) {
    const { main, module, types } = JSON.parse(read(`${name}/package.json`));
    for (const file of [main, module, types]) expect(existsSync(join(own, name, file))).toBe(true);
  }
});

test("the README's links and pictures are absolute, as the npm page has no other files", () => {
  const targets = (text: string) =>
    [...text.matchAll(/(!?)\[[^\]]*\]\(([^)#][^)]*)\)/g)].map(([, kind, link]) => kind + link);
  const packed = targets(read('README.md'));
  const relative = targets(readFileSync(join(root, 'README.md'), 'utf8')).filter((link) => !link.includes('https:'));
  expect(relative.length).toBeGreaterThan(10);
  expect(packed.filter((link) => !/^!?https:/.test(link))).toEqual([]);
  const pictures = packed.filter((link) => link.startsWith('!'));
  expect(pictures).toEqual([expect.stringMatching(/^!https:\/\/raw\.githubusercontent\.com\/.*\/docs\/strip\.png$/)]);
});
