import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { ArgumentError } from '../../support/errors';
import { FileError, failureReason, isExhaustion } from '../files/fileError';

/** A file or folder that was skipped, with the reason. */
export interface SkippedFile {
  /** Path of the file or folder. */
  path: string;
  /** Why it was skipped, without a full stop. */
  reason: string;
}

export interface ListArgs {
  /** File name extensions of images, in lower case with their dot. */
  extensions: readonly string[];
  followSymlinks: boolean;
  onError: 'throw' | 'skip';
}

export interface Listing {
  paths: string[];
  /** The index in `classNames` of each path, -1 for a file outside of the class folders. */
  labels: number[];
  classNames: string[];
  skipped: SkippedFile[];
}

/**
 * Lists the image files under a folder, each folder's entries in the order of their names' UTF-16 code units (the same
 * in every locale). The folders at the first level that hold an image are the classes. Hidden entries are ignored.
 */
export async function listImages(dir: string, args: ListArgs): Promise<Listing> {
  await checkFolder(dir);
  const skipped: SkippedFile[] = [];
  const files: string[] = [];
  for await (const file of walk(dir, args, skipped)) files.push(file);
  if (files.length === 0)
    throw new ArgumentError('input dir', 'a folder with images', describeEmpty(dir, args, skipped));

  const classes = files.map((file) => (file.includes(sep) ? file.slice(0, file.indexOf(sep)) : undefined));
  const classNames = [...new Set(classes)].filter((name) => name !== undefined).sort();
  const indices = new Map(classNames.map((name, index) => [name, index]));
  const labels = classes.map((name) => (name === undefined ? -1 : indices.get(name)!));
  return { paths: files.map((file) => join(dir, file)), labels, classNames, skipped };
}

/** Lists the image files under `dir`, relative to it, depth first, and adds what it skips to `skipped`. */
export async function* walk(dir: string, args: ListArgs, skipped: SkippedFile[]): AsyncGenerator<string> {
  const { extensions, followSymlinks, onError } = args;
  const visited = new Set<string>();

  const fail = (action: string, path: string, cause: unknown) => {
    const error = new FileError(action, path, failureReason(cause), { cause });
    if (onError === 'throw' || isExhaustion(cause)) throw error;
    skipped.push({ path, reason: error.reason });
  };

  async function* folder(name: string): AsyncGenerator<string> {
    const path = join(dir, name);
    if (followSymlinks) {
      // Each real folder once: neither a loop nor a tangle of links can make the walk long.
      const real = await realpath(path);
      if (visited.has(real)) return void skipped.push({ path, reason: 'a folder that was listed before' });
      visited.add(real);
    }
    let entries: Dirent[] = [];
    try {
      entries = await readdir(path, { withFileTypes: true });
    } catch (cause) {
      fail('list the folder', path, cause);
    }
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      if (!entry.name.startsWith('.')) yield* one(entry, join(name, entry.name));
    }
  }

  async function* one(entry: Dirent, name: string): AsyncGenerator<string> {
    const path = join(dir, name);
    let target: Pick<Dirent, 'isFile' | 'isDirectory'> = entry;
    if (entry.isSymbolicLink()) {
      if (!followSymlinks) return void skipped.push({ path, reason: 'a symbolic link (see followSymlinks)' });
      try {
        target = await stat(path);
      } catch (cause) {
        return fail('follow the symbolic link', path, cause);
      }
    }
    if (target.isDirectory()) yield* folder(name);
    else if (!extensions.includes(extname(name).toLowerCase())) return;
    else if (target.isFile()) yield name;
    // Opening a pipe would wait for ever.
    else skipped.push({ path, reason: 'not a regular file' });
  }

  yield* folder('');
}

export async function checkFolder(dir: string): Promise<void> {
  const received = JSON.stringify(dir);
  const found = await stat(dir).catch((cause) => {
    throw new ArgumentError('input dir', 'a folder with images', `${received} (${failureReason(cause)})`);
  });
  if (!found.isDirectory()) throw new ArgumentError('input dir', 'a folder with images', `${received} (a file)`);
}

function describeEmpty(dir: string, { extensions }: ListArgs, skipped: SkippedFile[]): string {
  const passed = skipped.length > 0 ? `; skipped: ${skipped.length}, first ${JSON.stringify(skipped[0])}` : '';
  return `${JSON.stringify(dir)} (no ${extensions.join(', ')} in it${passed})`;
}
