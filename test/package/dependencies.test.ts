import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const read = (path: string) => readFileSync(join(__dirname, '../..', path), 'utf8');
const manifest = JSON.parse(read('package.json'));

/** The packages in the table of docs/dependencies.md, each with its kind. */
const documented = read('docs/dependencies.md')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| package'))
  .flatMap((line) => {
    const [names, kind] = line
      .split('|')
      .slice(1)
      .map((cell) => cell.trim());
    return names.split(', ').map((name) => [name, kind.replace(/s$/, '')] as const);
  });

test('docs/dependencies.md gives a reason for each package that an installation brings, and for no other', () => {
  const { dependencies, peerDependencies, peerDependenciesMeta } = manifest;
  const peers = Object.keys(peerDependencies).map((name) => [
    name,
    peerDependenciesMeta[name]?.optional ? 'optional peer' : 'peer',
  ]);
  const brought = [...Object.keys(dependencies).map((name) => [name, 'dependency']), ...peers];
  expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(brought));
});
