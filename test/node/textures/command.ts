import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { buildSync } from 'esbuild';
import sharp from 'sharp';
import { folderOf, temporaryFolder } from '../support/temporaryFolder';

const root = join(__dirname, '../../..');
let program: string | undefined;

/** The command as one would install it beside some packages; by default all of them. Returns its file. */
export function build(packages: readonly string[] = ['']): string {
  const outdir = temporaryFolder();
  for (const name of packages) {
    mkdirSync(dirname(join(outdir, 'node_modules', name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(outdir, 'node_modules', name).replace(/\/$/, ''));
  }
  buildSync({
    entryPoints: [join(root, 'src/node/textures/cli.ts')],
    tsconfig: join(root, 'tsconfig.json'),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
  });
  return join(outdir, 'cli.mjs');
}

/** Built once. */
function cli(): string {
  program ??= build();
  return program;
}

/** Options that keep a run small. */
export const small = ['--size', '32', '--exemplar', '16', '--quality', 'fast', '--backend', 'wasm', '--workers', '1'];

export interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts `textures` with these arguments; nothing about a cluster is in its environment but what is given. */
export function start(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, [cli(), 'textures', ...args], { env: { PATH: process.env.PATH, ...env } });
}

/** Runs `textures` to its end. */
export async function run(args: readonly string[], env?: Record<string, string>): Promise<Run> {
  const child = start(args, env);
  const output: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  for (const name of ['stdout', 'stderr'] as const) child[name]?.on('data', (piece) => void output[name].push(piece));
  const text = (name: 'stdout' | 'stderr') => Buffer.concat(output[name]).toString();
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, stdout: text('stdout'), stderr: text('stderr') }));
  });
}

/** The files below a folder; none where a running command has just removed it. */
function filesBelow(dir: string): string[] {
  try {
    return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
      const path = join(dir, entry.name);
      if (entry.isDirectory()) return filesBelow(path);
      return entry.isFile() ? [path] : [];
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The files below a folder whose names fit, with their bytes. */
export function contents(dir: string, names = /./): Record<string, string> {
  const paths = filesBelow(dir).filter((path) => names.test(path));
  return Object.fromEntries(paths.sort().map((path) => [relative(dir, path), readFileSync(path, 'latin1')]));
}

/** The textures of a folder, without its manifests and settings; none where it does not exist yet. */
export function texturesOf(dir: string): Record<string, string> {
  return existsSync(dir) ? contents(dir, /\.(png|jpeg|webp)$/) : {};
}

/** Lines of all manifests of a folder. */
export function manifestLines(dir: string): string[] {
  const manifests = readdirSync(dir).filter((name) => name.startsWith('manifest'));
  return manifests.flatMap((name) => readFileSync(join(dir, name), 'utf8').split('\n').filter(Boolean));
}

/** A folder of two classes with pictures of 40 x 50 pixels and more, no two alike. */
export async function photos(count: number): Promise<string> {
  const files: Record<string, Uint8Array> = {};
  for (let i = 0; i < count; i++) files[`class ${i % 2}/${i}.png`] = await picture(i).png().toBuffer();
  return folderOf(files);
}

/** Waves of a frequency of its own: enough to synthesize from. */
export function picture(number: number, height = 40 + number, width = 50) {
  const data = Uint8Array.from({ length: height * width * 3 }, (_, i) => {
    const [y, x] = [Math.floor(i / 3 / width), Math.floor(i / 3) % width];
    return [x * 5, 128 + 100 * Math.sin((x * y) / (number + 5)), (37 * number + y * 3) % 256][i % 3];
  });
  return sharp(data, { raw: { width, height, channels: 3 } });
}
