import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '../..');

/** What a bundle is made of: its source files, and what each imports. */
interface Metafile {
  inputs: { [path: string]: { imports: { path: string; external?: boolean }[] } };
}

function bundle(entry: string, ...options: string[]): { metafile: Metafile; errors: string } {
  const dir = mkdtempSync(join(tmpdir(), 'bundle-'));
  const esbuild = join(root, 'node_modules/.bin/esbuild');
  const args = [
    entry,
    '--bundle',
    '--platform=browser',
    '--format=esm',
    `--outfile=${dir}/out.js`,
    `--metafile=${dir}/meta.json`,
  ];
  const { status, stderr } = spawnSync(esbuild, [...args, ...options], { cwd: root, encoding: 'utf8' });
  const metafile = status === 0 ? JSON.parse(readFileSync(join(dir, 'meta.json'), 'utf8')) : { inputs: {} };
  rmSync(dir, { recursive: true });
  return { metafile, errors: status === 0 ? '' : stderr };
}

describe.each(['src/index.ts', 'src/evaluation/index.ts', 'src/accelerate/index.ts', 'src/page.ts'])(
  'bundled for a browser, %s',
  (entry) => {
    test('resolves without any Node module', () => {
      const { metafile, errors } = bundle(entry);
      expect(errors).toBe('');
      expect(Object.keys(metafile.inputs)).toContain(entry);
    });

    test('brings no backend, and only the part of this package that the entry needs', () => {
      const { metafile } = bundle(entry);
      const inputs = Object.keys(metafile.inputs);
      expect(inputs.filter((path) => /tfjs-(backend|node)/.test(path))).toEqual([]);
      expect(inputs.filter((path) => path.startsWith('src/node/'))).toEqual([]);
    });

    test('imports the three tfjs packages from outside and nothing else', () => {
      const { metafile } = bundle(entry, '--packages=external');
      const outside = Object.values(metafile.inputs).flatMap(({ imports }) =>
        imports.filter(({ external }) => external).map(({ path }) => path),
      );
      const allowed = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers', '@tensorflow/tfjs-data'];
      expect([...new Set(outside)].filter((path) => !allowed.includes(path))).toEqual([]);
      expect(outside.filter((path) => builtinModules.includes(path.replace('node:', '')))).toEqual([]);
    });
  },
);

test('a browser bundle of the node entry fails, so the test above can', () => {
  expect(bundle('src/node/index.ts').errors).toContain('node:');
});
