import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cleanUp, root, run, tool, unpacked } from '../package/consumer';
import { programsOf, withImportsFirst } from './blocks';
import { preludes } from './preludes';

// The TypeScript of README and docs, compiled against the packed tarball as a strict project of each kind would.
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];
const programs = pages.flatMap(programsOf);

let dir: string;

beforeAll(() => {
  const own = unpacked();
  dir = dirname(own);
  const modules = join(dir, 'node_modules');
  mkdirSync(modules);
  symlinkSync(own, join(modules, 'tfjs-nonsemantic-negatives'));
  for (const name of ['@tensorflow', '@types', 'sharp'])
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ type: 'module' }));
}, 300_000);
afterAll(cleanUp);

/** Compiles programs as modules of one project. Returns the compiler's complaints. */
function compile(sources: { [file: string]: string }, module: string, moduleResolution: string): string {
  const folder = join(dir, moduleResolution);
  mkdirSync(folder);
  for (const [file, source] of Object.entries(sources)) writeFileSync(join(folder, file), source);
  const compilerOptions = {
    target: 'es2022',
    module,
    moduleResolution,
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
    preserveSymlinks: true,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  try {
    return run(folder, tool('tsc'), '-p', '.');
  } catch (error) {
    return (error as Error).message;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const resolutions = [
  ['esnext', 'node'],
  ['node16', 'node16'],
  ['esnext', 'bundler'],
] as const;

describe.each(resolutions)('module %s, moduleResolution %s', (module, moduleResolution) => {
  test('every block of README and docs compiles', () => {
    const sources = programs.map(({ page, part, program }) => {
      const name = `${page}-${part}`.replace(/[^\w.]+/g, '-') + '.ts';
      return [name, withImportsFirst((preludes[page] ?? '') + program) + '\nexport {};\n'];
    });
    expect(compile(Object.fromEntries(sources), module, moduleResolution)).toBe('');
  });

  test('every entry is found, and a wrong type is noticed', () => {
    const names = ['', '/evaluation', '/accelerate', '/node'].map((entry) => `tfjs-nonsemantic-negatives${entry}`);
    const imports = names.map((name, i) => `import * as own${i} from '${name}';`).join('\n');
    const source = `${imports}\nexport const all: number[] = [own0.twoViews, own1.knn, own2.accelerate, own3.fileSystem];\n`;
    const complaints = compile({ 'wrong.ts': source }, module, moduleResolution);
    expect(complaints).not.toContain('TS2307');
    expect(complaints.match(/TS2322/g)).toHaveLength(4);
  });
});

test('there is something to compile', () => {
  expect(new Set(programs.map(({ page }) => page)).size).toBeGreaterThan(4);
});
