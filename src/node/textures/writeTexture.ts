import { basename, dirname, join } from 'node:path';
import { errorCode, FileError, isExhaustion } from '../files/fileError';
import { writeFileSafely } from '../files/writeFileSafely';
import { makeFolder } from './folders';
import { Skip } from './skip';

/** Failures that every other image would meet too. */
const fatal = ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO'];

let written = 0;

/**
 * Writes a texture below `out` through the folder `temporary`, and makes the folders that lead to it.
 *
 * @throws Skip where this one cannot be written, FileError where none can.
 */
export async function writeTexture(
  { out, temporary }: { out: string; temporary: string },
  texture: string,
  content: Uint8Array,
): Promise<void> {
  written += 1;
  const name = `${process.pid}-${written}`;
  try {
    const folder = await makeFolder(out, dirname(texture));
    await writeFileSafely(join(folder, basename(texture)), [content], join(temporary, name));
  } catch (error) {
    if (!(error instanceof FileError) || fatal.includes(errorCode(error.cause) ?? '') || isExhaustion(error.cause))
      throw error;
    throw new Skip('not writable', error.reason);
  }
}
