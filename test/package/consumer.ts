import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '../..');
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

/** Builds and packs the package as `npm publish` would, from a copy, so that nobody's `dist` changes. */
export function pack(): string {
  const dir = folder();
  for (const name of ['src', 'package.json', 'tsup.config.ts', 'tsconfig.json', 'README.md', 'LICENSE'])
    cpSync(join(root, name), join(dir, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
  run(dir, 'npm', 'pack');
  const name = readdirSync(dir).find((file) => file.endsWith('.tgz')) as string;
  return join(dir, name);
}

/** An empty project with the tarball and other packages installed, and these files. */
export function consumer(tarball: string, packages: string[], files: { [name: string]: string }): string {
  const dir = folder();
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ name: 'consumer', private: true }));
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  run(dir, 'npm', 'install', ...quiet, tarball, ...packages);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(dir, name, '..'), { recursive: true });
    writeFileSync(join(dir, name), content);
  }
  return dir;
}
