import { build, type Plugin } from 'esbuild';

/** The packages that a page's one tfjs stands in for. */
const tfjs = /^@tensorflow\/tfjs-(core|layers|data)$/;

/** What the source uses of `@tensorflow/tfjs-data`; the union package has it as `tf.data`. */
const dataNames = ['Dataset', 'generator'];

const hint = 'Load TensorFlow.js (tf.min.js, 4.22 or newer) in a <script> before tfjs-nonsemantic-negatives.';

/** Takes tfjs from the page's global `tf`. */
const fromGlobal = ({ path }: { path: string }) =>
  `if (!globalThis.tf?.layers) throw new Error(${JSON.stringify(hint)});
  module.exports = globalThis.tf${path.endsWith('-data') ? '.data' : ''};`;

/** Takes tfjs from one module, which a page's import map resolves. */
const fromUnion = ({ path }: { path: string }) =>
  path.endsWith('-data')
    ? `import { data } from '@tensorflow/tfjs'; export const { ${dataNames.join(', ')} } = data;`
    : `export * from '@tensorflow/tfjs';`;

const replaceTfjs = (contents: (args: { path: string }) => string): Plugin => ({
  name: 'replace-tfjs',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: tfjs }, ({ path }) => ({ path, namespace: 'tfjs' }));
    onLoad({ filter: /.*/, namespace: 'tfjs' }, (args) => ({ contents: contents(args), resolveDir: process.cwd() }));
  },
});

/** Writes the builds for pages without a bundler: a global beside tfjs's `tf`, and a module for an import map. */
export async function writePageBuilds(): Promise<void> {
  const shared = { entryPoints: ['src/page.ts'], bundle: true, minify: true, target: 'es2022' };
  const file = (ending: string) => `dist/tfjs-nonsemantic-negatives.${ending}`;
  await build({
    ...shared,
    format: 'iife',
    globalName: 'nonSemanticNegatives',
    outfile: file('min.js'),
    plugins: [replaceTfjs(fromGlobal)],
  });
  await build({
    ...shared,
    format: 'esm',
    external: ['@tensorflow/tfjs'],
    outfile: file('esm.min.js'),
    plugins: [replaceTfjs(fromUnion)],
  });
}
