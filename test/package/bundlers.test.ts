import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { cleanUp, consumer, pack, run, scratch, tool } from './consumer';
import { programs } from './programs';

// What an application's bundler makes of the packed tarball. esbuild and Vite are at hand; the others are installed
// once into .cache/.
const bundlers = scratch('bundlers', 'webpack@5', 'parcel@2');
const testIfInstalled = bundlers ? test : test.skip;

let dir: string;

beforeAll(async () => {
  const packages = ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm'].map((name) => `${name}@4.22.0`);
  // The last two are polyfills that Parcel installs by itself where tfjs names Node's globals.
  dir = consumer(pack(), [...packages, 'sharp@0.35', 'process@0.11', 'buffer@6'], programs);
  mkdirSync(join(dir, 'pictures'));
  const color = { r: 200, g: 100, b: 50 };
  const picture = sharp({ create: { width: 8, height: 8, channels: 3, background: color } });
  await picture.png().toFile(join(dir, 'pictures/one.png'));
}, 600_000);
afterAll(cleanUp);

/** Bundles with webpack's defaults for production, and these options. */
function webpack(entry: string, options: object): string {
  const config = { mode: 'production', entry: `./${entry}`, performance: { hints: false }, ...options };
  const output = { path: join(dir, 'webpack'), filename: 'out.cjs' };
  const script = `
    require('webpack')({ ...${JSON.stringify({ ...config, output })}, context: ${JSON.stringify(dir)} }, (error, stats) => {
      if (error || stats.hasErrors()) { console.error(error ?? stats.toString('errors-only')); process.exit(1); }
    });`;
  run(bundlers as string, 'node', '--eval', script);
  return join(dir, 'webpack/out.cjs');
}

const builds = {
  esbuild() {
    const out = join(dir, 'esbuild/out.mjs');
    run(dir, tool('esbuild'), 'application.mjs', '--bundle', '--minify', '--format=esm', `--outfile=${out}`);
    return out;
  },
  Vite() {
    const config = `export default {
      build: { outDir: 'vite', lib: { entry: 'application.mjs', formats: ['es'], fileName: 'out' }, minify: 'esbuild' } }`;
    writeFileSync(join(dir, 'vite.config.mjs'), config);
    run(dir, tool('vite'), 'build', '--logLevel', 'error');
    return join(dir, 'vite/out.mjs');
  },
  webpack: () => webpack('application.mjs', { target: 'web' }),
  Parcel() {
    const parcel = join(bundlers as string, 'node_modules/.bin/parcel');
    run(dir, parcel, 'build', 'application.mjs', '--dist-dir', 'parcel', '--no-cache', '--no-source-maps');
    return join(dir, 'parcel/application.js');
  },
};

const needInstalling = ['webpack', 'Parcel'];

describe.each(Object.keys(builds) as (keyof typeof builds)[])('minified by %s for a browser', (name) => {
  const testHere = needInstalling.includes(name) ? testIfInstalled : test;

  testHere(
    'trains, measures features, and keeps the names of metrics',
    () => {
      const out = builds[name]();
      expect(readFileSync(out, 'utf8')).not.toMatch(/from\s*["']node:|require\(["']node:/);
      const { metrics, top1 } = JSON.parse(run(dir, 'node', '--import', './browser.mjs', out));
      const names = ['loss', 'contrastiveAccuracy', 'keySimilarity', 'queueSimilarity', 'negativeSimilarity'];
      expect(metrics).toEqual(names);
      expect(top1).toBe(1);
    },
    300_000,
  );
});

describe('bundled by webpack for Node', () => {
  const external = (names: string[]) => Object.fromEntries(names.map((name) => [name, `commonjs ${name}`]));
  const tfjs = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers', '@tensorflow/tfjs-data', '@tensorflow/tfjs'];

  testIfInstalled(
    'finds installed optional packages',
    () => {
      const out = webpack('node.mjs', { target: 'node', externals: external(tfjs) });
      expect(JSON.parse(run(dir, 'node', out))).toEqual({
        backend: 'wasm',
        shape: [8, 8, 3],
        missing: '@tensorflow/tfjs-node',
      });
    },
    300_000,
  );

  testIfInstalled(
    'finds them also with tfjs in the bundle',
    () => {
      const out = webpack('node.mjs', { target: 'node', optimization: { minimize: false } });
      expect(JSON.parse(run(dir, 'node', out))).toMatchObject({ backend: 'wasm', shape: [8, 8, 3] });
    },
    300_000,
  );
});
