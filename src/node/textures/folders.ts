import { lstat, mkdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { ArgumentError } from '../../support/errors';
import { errorCode, FileError, failureReason } from '../files/fileError';

/** The command's own folder in the output folder; hidden, so that it is never read as a source. */
export const privateFolder = '.textures';

/**
 * Makes the output folder, which must lie beside the input folder: inside it, textures would become sources of the next
 * run; around it, they could mix with the sources.
 *
 * @returns The real path of the output folder, in which everything is written.
 * @throws ArgumentError; FileError where the folder cannot be made.
 */
export async function makeOutputFolder(input: string, out: string): Promise<string> {
  const realIn = await realpath(input);
  const future = await futurePath(resolve(out));
  for (const [outer, inner] of [
    [realIn, future],
    [future, realIn],
  ]) {
    const inside = relative(outer, inner);
    if (inside !== '..' && !inside.startsWith(`..${sep}`) && resolve(outer, inside) === inner && inside !== inner)
      throw new ArgumentError('OUT', 'a folder neither in IN nor around it', `${JSON.stringify(out)}`);
  }
  try {
    await mkdir(out, { recursive: true });
    return await realpath(out);
  } catch (cause) {
    throw new FileError('make the folder', out, failureReason(cause), { cause });
  }
}

/** Resolves links in a path that may not exist yet. */
async function futurePath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    return dirname(path) === path ? path : join(await futurePath(dirname(path)), basename(path));
  }
}

/**
 * Makes a folder below the output folder, such as `class/sub`. What exists in its place must be a folder, not a link to
 * one: nothing is ever written outside of the output folder.
 *
 * @returns Its path.
 * @throws FileError
 */
export async function makeFolder(out: string, name: string): Promise<string> {
  let path = out;
  for (const part of name.split('/').filter((part) => part !== '' && part !== '.')) {
    path = join(path, part);
    try {
      await mkdir(path).catch(async (cause) => {
        if (errorCode(cause) !== 'EEXIST') throw cause;
        if (!(await lstat(path)).isDirectory()) throw new Error('a file or a link is in its place');
      });
    } catch (cause) {
      throw new FileError('make the folder', path, failureReason(cause), { cause });
    }
  }
  return path;
}
