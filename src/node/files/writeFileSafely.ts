import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FileError, failureReason } from './fileError';

/** Marks a file that is being written; what a crash leaves behind has it in its name. */
export const tempSuffix = /\.[0-9a-f]{12}\.tmp$/;

/**
 * Writes a file so that at any moment, a crash included, the old content or the new one is there as a whole: written
 * aside, flushed to the disk, renamed, the folder flushed as well.
 *
 * @param pieces The content, one after the other.
 * @param temporary Where it is written first: by default beside the file.
 * @throws FileError that names the file; what was there before is untouched, and nothing is left aside.
 */
export async function writeFileSafely(
  path: string,
  pieces: readonly (string | Uint8Array)[],
  temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`,
): Promise<void> {
  try {
    const file = await open(temporary, 'wx');
    try {
      for (const piece of pieces) await file.writeFile(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await flushFolder(dirname(path));
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new FileError('write', path, failureReason(cause), { cause });
  }
}

/** A rename is on the disk once its folder is. */
async function flushFolder(path: string): Promise<void> {
  // Windows cannot open a folder, and does not need to.
  if (process.platform === 'win32') return;
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
