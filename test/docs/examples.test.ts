import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programsOf, withImportsFirst } from './blocks';

// The pages of the documentation run: the `ts` blocks of a page as one program, and after them each `diff` block, as the
// loop was before the change and as it is after it.
const root = join(__dirname, '../..');
const pages = readdirSync(join(root, 'docs')).filter((file) => file.endsWith('.md'));

/** Bundled as for Node, this package from its source, and run on the cpu backend. */
function run(program: string): { status: number | null; output: string } {
  mkdirSync(join(root, '.cache'), { recursive: true });
  const dir = mkdtempSync(join(root, '.cache/docs-'));
  try {
    const file = join(dir, 'program.ts');
    writeFileSync(file, withImportsFirst(program));
    // The package's own build has the thread's program beside it too.
    const entries = [`out=${file}`, `pipelineWorker=${root}/src/node/pipeline/worker.ts`];
    const options = ['--bundle', '--platform=node', '--format=esm', '--packages=external', `--outdir=${dir}`];
    const paths = ['', '/evaluation', '/accelerate', '/node'].map(
      (entry) => `--alias:tfjs-nonsemantic-negatives${entry}=${root}/src${entry}/index.ts`,
    );
    const built = spawnSync(join(root, 'node_modules/.bin/esbuild'), [...entries, ...options, ...paths], {
      encoding: 'utf8',
    });
    if (built.status !== 0) return { status: built.status, output: built.stderr };
    const { status, stdout, stderr } = spawnSync('node', [join(dir, 'out.js')], { cwd: dir, encoding: 'utf8' });
    return { status, output: stdout + stderr };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const programs = pages.flatMap((page) => programsOf(`docs/${page}`));

test.each(programs)('$page: $part', ({ program }) => {
  const { status, output } = run(program);
  expect(status === 0 ? '' : output).toBe('');
});

test('a page that fails is noticed', () => {
  expect(run('throw new Error("no");').status).not.toBe(0);
});
