import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const root = join(__dirname, '../..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const made: string[] = [];

const folder = () => {
  const dir = mkdtempSync(join(tmpdir(), 'consumer-'));
  made.push(dir);
  return dir;
};

/** Removes all that was made. */
export const cleanUp = () => {
  for (const dir of made) rmSync(dir, { recursive: true, force: true });
};

/** Runs a command and returns what it printed. @throws Error with all of its output if it fails. */
export function run(dir: string, command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: dir, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}`);
  return stdout;
}

/** A tool of this project's own, which its consumers need not install. */
export const tool = (name: string) => join(root, 'node_modules/.bin', name);

/** What the tarball is made of. */
const sources = ['src', 'tools', 'package.json', 'tsup.config.ts', 'tsconfig.json', 'README.md', 'LICENSE'];

/** Every file below a path of the project. */
function filesIn(path: string): string[] {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => filesIn(join(path, name)));
}

function hashOfSources(): string {
  const hash = createHash('sha256');
  for (const file of sources.flatMap(filesIn)) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex').slice(0, 16);
}

/**
 * Builds and packs the package as `npm publish` would, from a copy, so that nobody's `dist` changes. Test files share
 * the tarball of the same sources; `CHECKED=1` says that `npm run check` has just packed them.
 */
export function pack(): string {
  if (process.env.CHECKED) return join(root, `.cache/tfjs-nonsemantic-negatives-${version}.tgz`);
  const tarball = join(root, '.cache/tarballs', `${hashOfSources()}.tgz`);
  if (existsSync(tarball)) return tarball;
  const dir = folder();
  for (const name of sources) cpSync(join(root, name), join(dir, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
  run(dir, 'npm', 'pack');
  const name = readdirSync(dir).find((file) => file.endsWith('.tgz')) as string;
  mkdirSync(dirname(tarball), { recursive: true });
  // Complete at once, as another test file may be waiting for it.
  cpSync(join(dir, name), `${tarball}.${process.pid}`);
  renameSync(`${tarball}.${process.pid}`, tarball);
  return tarball;
}

/** The packed package, unpacked. */
export function unpacked(): string {
  const dir = folder();
  run(dir, 'tar', '-xzf', pack());
  return join(dir, 'package');
}

/** An empty project with the tarball and other packages installed, and these files. */
export function consumer(tarball: string, packages: string[], files: { [name: string]: string }): string {
  const dir = folder();
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ name: 'consumer', private: true }));
  install(dir, tarball, ...packages);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(dir, name, '..'), { recursive: true });
    writeFileSync(join(dir, name), content);
  }
  return dir;
}

const install = (dir: string, ...packages: string[]) =>
  run(dir, 'npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', ...packages);

/**
 * A folder with packages that only tests use and that are too large for `devDependencies`, kept between runs; undefined
 * where they cannot be installed.
 */
export function scratch(name: string, ...packages: string[]): string | undefined {
  const dir = join(root, '.cache', name);
  const wanted = JSON.stringify(packages);
  const done = join(dir, 'installed.json');
  if (existsSync(done) && readFileSync(done, 'utf8') === wanted) return dir;
  try {
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'package.json'), JSON.stringify({ private: true }));
    install(dir, ...packages);
    writeFileSync(done, wanted);
    return dir;
  } catch (error) {
    console.warn(`${packages.join(', ')} cannot be installed: ${error}`);
    return undefined;
  }
}
