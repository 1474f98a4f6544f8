import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { files } from './suite';

export const root = join(import.meta.dirname, '../..');
const page = join(import.meta.dirname, 'page');

/** Where the tests name Node's modules, the page has stand-ins: files and hashes are asked of the host. */
const standIns: Plugin = {
  name: 'stand-ins',
  setup(build) {
    build.onResolve({ filter: /^[a-z]/ }, ({ path }) => {
      if (['sharp', 'graceful-fs'].includes(path) || isBuiltin(path)) return { path: join(page, 'node.ts') };
      return undefined;
    });
    // Only files of the suite say where they lie.
    build.onLoad({ filter: /\.test\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll('__dirname', JSON.stringify(dirname(path))),
      loader: 'ts',
    }));
  },
};

/** Bundles the page and each test file; what they share, the package and TensorFlow.js above all, is there once. */
export async function bundle(): Promise<Map<string, Uint8Array>> {
  const { outputFiles } = await build({
    entryPoints: [join(page, 'index.ts'), ...files.map((file) => join(root, 'test', `${file}.test.ts`))],
    outdir: join(root, 'test'),
    absWorkingDir: root,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    define: { global: 'globalThis', __dirname: '"/"' },
    inject: [join(page, 'process.ts')],
    logLevel: 'error',
    plugins: [standIns],
  });
  return new Map(outputFiles.map(({ path, contents }) => [`/${relative(join(root, 'test'), path)}`, contents]));
}
