import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';

declare const BACKEND: string;

const filesOf = (directory: string) =>
  readdirSync(join(__dirname, '../..', directory), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(directory, name));
const importsOf = (file: string) =>
  [...readFileSync(join(__dirname, '../..', file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    ([, name]) => name,
  );

const entry = filesOf('src').filter((file) => !/^src\/(node|accelerate)\//.test(file));

test('no source and no test imports the union package, which brings chained operations', () => {
  // Programs as users write them, and tfjs's recurrent layers, which chain operations themselves.
  const apart = /^test\/(package|programs|docs|accelerate\/layers|layers\/copies)\//;
  const files = [...filesOf('src'), ...filesOf('test').filter((file) => !apart.test(file))];
  const offenders = files.filter((file) => importsOf(file).includes('@tensorflow/tfjs'));
  expect(entry.length).toBeGreaterThan(20);
  expect(offenders).toEqual([]);
});

test('the main entry imports tfjs’s core, data and layers and nothing else', () => {
  const packages = new Set(entry.flatMap(importsOf).filter((name) => !name.startsWith('.')));
  expect([...packages].sort()).toEqual(['@tensorflow/tfjs-core', '@tensorflow/tfjs-data', '@tensorflow/tfjs-layers']);
});

// tfjs-node itself imports the union.
const withoutUnion = BACKEND === 'tensorflow' ? test.skip : test;
withoutUnion('tensors have no chained operations here, so every test on this backend shows that none are used', () => {
  for (const name of ['add', 'reshape', 'mul', 'sum']) expect(name in tf.scalar(1)).toBe(false);
});
