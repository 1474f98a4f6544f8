import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FileError, failureReason } from './fileError';

/** Ends the names of temporary files, also of those that a crash leaves behind. */
export const tempSuffix = /\.[0-9a-f]{12}\.tmp$/;

/**
 * Writes a file atomically: at any moment, a crash included, it holds its old content or its new one. The content is
 * written to a temporary file, flushed to the disk and renamed, and the folder is flushed too.
 *
 * @param pieces The content, one after the other.
 * @param temporary The temporary file. @default beside the file
 * @throws FileError that names the file, whose old content stays; no temporary file is left.
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

/** Flushes a folder, with which a rename reaches the disk. */
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
