import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { root, run } from '../package/consumer';

// Links and anchors: of the Markdown in the repository, and of the site that `npm run docs` builds.

/** Files below a folder whose names end so, paths from the root. */
const filesIn = (folder: string, ending: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending) && !file.includes('node_modules'))
    .map((file) => join(folder, file));

const markdown = [
  ...['README.md', 'CHANGELOG.md'],
  ...['docs', 'examples', 'bench', '.github'].flatMap((folder) => filesIn(folder, '.md')),
].filter((file) => !file.startsWith('docs/api/'));

const withoutCode = (text: string) => text.replace(/^```.*?^```/gms, '').replace(/`[^`\n]*`/g, '');

/** The anchors that GitHub gives a page's headings. */
const anchorsOf = (text: string) =>
  [...text.replace(/^```.*?^```/gms, '').matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );

/** Lists what is wrong with the links of a page. */
function brokenLinks(file: string, text: string): string[] {
  const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link);
  return links
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [path, anchor] = link.split('#');
      const target = path === '' ? join(root, file) : resolve(root, dirname(file), path);
      if (relative(root, target).startsWith('..') || !existsSync(target)) return true;
      return anchor !== undefined && !anchorsOf(path === '' ? text : readFileSync(target, 'utf8')).includes(anchor);
    });
}

test.each(markdown)('%s: every link leads somewhere', (file) => {
  expect(brokenLinks(file, readFileSync(join(root, file), 'utf8'))).toEqual([]);
});

test('a link that leads nowhere is noticed', () => {
  const text = '# A b\n[1](#a-b) [2](#c) [3](package.json) [4](nothing.md) [5](../shared/README.md)\n';
  expect(brokenLinks('README.md', text)).toEqual(['#c', 'nothing.md', '../shared/README.md']);
});

describe('the site built by npm run docs', () => {
  const site = join(root, 'site');
  // After `npm run check` it is there.
  beforeAll(() => void (process.env.CHECKED || run(root, 'npm', 'run', 'docs')), 600_000);

  test('has the README, the pages, the reference of each entry, and the demo', () => {
    const pages = filesIn('site', '.html').map((file) => relative('site', file));
    const entries = ['index', 'evaluation', 'accelerate', 'node'].map((entry) => `modules/${entry}.html`);
    expect(pages).toEqual(expect.arrayContaining(['index.html', 'demo/index.html', ...entries]));
    const ownPages = readdirSync(join(root, 'docs')).filter((file) => file.endsWith('.md'));
    expect(pages.filter((page) => page.startsWith('documents/')).length).toBeGreaterThanOrEqual(ownPages.length);
  });

  test('every link and anchor leads somewhere, in whatever folder the site lies', () => {
    const attributes = (html: string, names: string) =>
      [...html.replace(/<script.*?<\/script>/gs, '').matchAll(new RegExp(`\\s(?:${names})="([^"]*)"`, 'g'))].map(
        ([, value]) => value.replaceAll('&amp;', '&'),
      );
    const read = (file: string) => readFileSync(file, 'utf8');
    const broken = filesIn('site', '.html').flatMap((page) => {
      const file = join(root, page);
      return attributes(read(file), 'href|src')
        .filter((link) => link !== '' && !/^(https?|mailto|data|blob):/.test(link))
        .filter((link) => {
          const [path, anchor] = link.split('#').map(decodeURIComponent);
          const target = path === '' ? file : resolve(dirname(file), path.split('?')[0]);
          if (link.startsWith('/') || relative(site, target).startsWith('..') || !existsSync(target)) return true;
          return Boolean(anchor) && target.endsWith('.html') && !attributes(read(target), 'id').includes(anchor);
        })
        .map((link) => `${page}: ${link}`);
    });
    expect(broken).toEqual([]);
  }, 300_000);
});
