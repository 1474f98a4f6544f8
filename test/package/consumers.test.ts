import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanUp, consumer, pack, run, tool } from './consumer';
import { programs } from './programs';

let union: string;
let separate: string;

beforeAll(() => {
  const tarball = pack();
  union = consumer(tarball, ['@tensorflow/tfjs@^4.22.0'], programs);
  const packages = ['core', 'layers', 'data', 'backend-cpu'].map((name) => `@tensorflow/tfjs-${name}@^4.22.0`);
  separate = consumer(tarball, packages, programs);
}, 600_000);
afterAll(cleanUp);

const layers = expect.arrayContaining(['NonSemanticMomentumEncoder', 'NonSemanticMemoryQueue']);
const expectTrained = (output: string) => expect(JSON.parse(output)).toMatchObject({ layers });

describe('from the tarball, in an empty project', () => {
  test.each(['esm.mjs', 'cjs.cjs'] as const)('%s trains, saves and loads with the union package', (program) => {
    expectTrained(run(union, 'node', program));
  });

  test.each(['thread.mjs', 'thread.cjs'] as const)('%s reads batches that a thread makes', (program) => {
    expect(run(union, 'node', program)).toContain('query,key,negative_0 2,4,4,3 2');
  });

  test('trains with the separate packages, without the union package', () => {
    expectTrained(run(separate, 'node', 'separate.mjs'));
    expect(() => run(separate, 'node', 'esm.mjs')).toThrow("Cannot find package '@tensorflow/tfjs'");
  });

  test.each(['union', 'separate'])('one copy of tfjs is installed: %s', (which) => {
    const output = run(
      which === 'union' ? union : separate,
      'npm',
      'ls',
      '--all',
      '--parseable',
      '@tensorflow/tfjs-core',
    );
    expect(output.trim().split('\n')).toHaveLength(1);
  });

  const resolutions = [
    ['node16', 'node16', 'types.mts'],
    ['node16', 'node16', 'types.cts'],
    ['nodenext', 'nodenext', 'types.mts'],
    ['esnext', 'bundler', 'types.ts'],
    ['esnext', 'node', 'types.ts'],
  ];
  test.each(resolutions)('type-checks: module %s, moduleResolution %s, %s', (module, resolution, file) => {
    writeFileSync(join(separate, file), programs['types.ts']);
    // tfjs's own declarations do not pass without skipLibCheck.
    const strict = ['--strict', '--noUncheckedIndexedAccess', '--exactOptionalPropertyTypes'];
    const flags = ['--noEmit', ...strict, '--skipLibCheck', '--target', 'es2022'];
    run(separate, tool('tsc'), ...flags, '--module', module, '--moduleResolution', resolution, file);
  });
});

describe('bundled for a browser', () => {
  const runAsBrowser = (bundle: string) => run(union, 'node', '--import', './browser.mjs', bundle);

  const esbuild = (dir: string, entry: string, ...options: string[]) => {
    const out = join(dir, 'bundled.mjs');
    const flags = ['--bundle', '--format=esm', '--platform=browser', '--metafile=meta.json', `--outfile=${out}`];
    run(dir, tool('esbuild'), entry, ...flags, '--log-level=error', ...options);
    const { inputs } = JSON.parse(readFileSync(join(dir, 'meta.json'), 'utf8'));
    return { out, inputs: Object.keys(inputs) };
  };

  test('esbuild: tfjs is there once, no Node module, and it runs', () => {
    const { out, inputs } = esbuild(union, 'esm.mjs');
    const copies = new Set(inputs.map((path) => /(.*@tensorflow\/tfjs-core)\//.exec(path)?.[1]).filter(Boolean));
    expect([...copies]).toEqual(['node_modules/@tensorflow/tfjs-core']);
    expect(inputs.filter((path) => /tf-core\.node|tfjs-nonsemantic-negatives\/dist\/node/.test(path))).toEqual([]);
    expectTrained(runAsBrowser(out));
  });

  test('esbuild: an application that only loads a model registers its layers', () => {
    const { out } = esbuild(union, 'registered.mjs', '--minify', '--tree-shaking=true');
    expect(runAsBrowser(out).trim()).toBe('[null,6]');
  });

  test('without it the import suffices in Node, and a bundle has the error of tfjs, which names the layer', () => {
    expect(run(union, 'node', 'imported.mjs')).toContain('[null,6]');
    const { out } = esbuild(union, 'imported.mjs', '--minify', '--tree-shaking=true');
    expect(() => runAsBrowser(out)).toThrow('Unknown layer: NonSemanticMemoryQueue');
  });
});
