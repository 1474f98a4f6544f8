import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// The pages of the documentation run: the `ts` blocks of a page as one program, and after them each `diff` block, as the
// loop was before the change and as it is after it.
const root = join(__dirname, '../..');
const pages = readdirSync(join(root, 'docs')).filter((file) => file.endsWith('.md'));

function blocks(page: string, language: string): string[] {
  const text = readFileSync(join(root, 'docs', page), 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(([, code]) => code);
}

/** One side of a diff: the lines without a mark, and those with `mark`. */
const side = (diff: string, mark: '-' | '+') =>
  diff
    .split('\n')
    .filter((line) => [' ', mark, undefined].includes(line[0]))
    .map((line) => line.slice(2))
    .join('\n');

/** Bundled as for Node, this package from its source, and run on the cpu backend. */
function run(program: string): { status: number | null; output: string } {
  mkdirSync(join(root, '.cache'), { recursive: true });
  const dir = mkdtempSync(join(root, '.cache/docs-'));
  try {
    const file = join(dir, 'program.ts');
    // A second `import * as tf` of one program is the first one again.
    const imports = new Set(program.match(/^import .*?;$/gms));
    writeFileSync(file, [...imports, program.replace(/^import .*?;$/gms, '')].join('\n'));
    const options = ['--bundle', '--platform=node', '--format=esm', '--packages=external', `--outfile=${dir}/out.mjs`];
    const paths = ['', '/accelerate', '/evaluation', '/node'].map(
      (entry) => `--alias:tfjs-nonsemantic-negatives${entry}=${root}/src${entry}/index.ts`,
    );
    const built = spawnSync(join(root, 'node_modules/.bin/esbuild'), [file, ...options, ...paths], {
      encoding: 'utf8',
    });
    if (built.status !== 0) return { status: built.status, output: built.stderr };
    const { status, stdout, stderr } = spawnSync('node', [join(dir, 'out.mjs')], { cwd: dir, encoding: 'utf8' });
    return { status, output: stdout + stderr };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const programs = pages.flatMap((page) => {
  const start = blocks(page, 'ts').join('\n');
  return [
    ...(start === '' ? [] : [{ page, part: 'its blocks', program: start }]),
    ...blocks(page, 'diff').flatMap((diff, i) => [
      { page, part: `change ${i + 1}, before`, program: `${start}\n${side(diff, '-')}` },
      { page, part: `change ${i + 1}, after`, program: `${start}\n${side(diff, '+')}` },
    ]),
  ];
});

test.each(programs)('$page: $part', ({ program }) => {
  const { status, output } = run(program);
  expect(status === 0 ? '' : output).toBe('');
});

test('a page that fails is noticed', () => {
  expect(run('throw new Error("no");').status).not.toBe(0);
});
