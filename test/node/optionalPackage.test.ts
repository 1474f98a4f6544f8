import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { PackageError } from 'tfjs-nonsemantic-negatives/node';
import { importOptional } from '../../src/node/optionalPackage';

test('imports a package that is installed', async () => {
  const { default: sharp } = await importOptional<typeof import('sharp')>('sharp', 'This test');
  expect(sharp).toEqual(expect.any(Function));
});

test('says how to install a missing one', async () => {
  const error = await importOptional<PackageError>('no-such-package', 'This test').catch(
    (error: PackageError) => error,
  );
  expect(error).toBeInstanceOf(PackageError);
  expect(error.message).toBe(
    'This test needs the package no-such-package, which is not installed: npm i no-such-package.',
  );
  expect(error.installed).toBe(false);
});

// webpack replaces an import of a variable by a function that finds nothing; Vite warns about it.
test.each(['esm', 'cjs'] as const)('makes bundlers leave its import to Node, also when built as %s', (format) => {
  const source = readFileSync(join(__dirname, '../../src/node/optionalPackage.ts'), 'utf8');
  const { code } = transformSync(source, { loader: 'ts', format, target: 'es2022', platform: 'node' });
  const found = /import\(\s*((?:\/\*[^*]*\*\/\s*)*)packageName\s*\)/.exec(code)?.[1];
  expect(found).toContain('webpackIgnore: true');
  expect(found).toContain('@vite-ignore');
});
