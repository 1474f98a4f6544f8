import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkChoice, checkNumber } from '../../support/checks';
import { ArgumentError } from '../../support/errors';
import { version } from '../../support/version';
import type { BackendName } from '../backend';
import { errorCode, FileError, failureReason } from '../files/fileError';
import { writeFileSafely } from '../files/writeFileSafely';
import { makeFolder, privateFolder } from './folders';

export const formats = ['png', 'jpeg', 'webp'] as const;

/** What the bytes of a texture depend on besides its source and the source's path. */
export interface TextureSettings {
  /** Side of a texture in pixels. */
  size: number;
  /** Side of an exemplar in pixels. */
  exemplar: number;
  quality: 'fast' | 'high';
  format: (typeof formats)[number];
  seed: number;
}

/** @throws ArgumentError */
export function checkSettings({ size, exemplar, quality, format, seed }: TextureSettings): TextureSettings {
  return {
    size: checkNumber('--size', size, { integer: true, min: 8, max: 4096 }),
    exemplar: checkNumber('--exemplar', exemplar, { integer: true, min: 8, max: 1024 }),
    quality: checkChoice('--quality', quality, ['fast', 'high']),
    format: checkChoice('--format', format, formats),
    seed: checkNumber('--seed', seed, { integer: true }),
  };
}

/**
 * Records the settings, the backend and the version in the output folder; those of an earlier run or another shard must
 * be the same. Backends round differently, and versions may differ in more.
 *
 * @throws ArgumentError where the folder holds textures of other settings; FileError where it cannot be written.
 */
export async function claimFolder(out: string, settings: TextureSettings, backend: BackendName): Promise<void> {
  const record = `${JSON.stringify({ ...settings, backend, version })}\n`;
  const path = join(out, privateFolder, 'settings.json');
  await makeFolder(out, privateFolder);
  const found = await readFile(path, 'utf8').catch((cause) => {
    if (errorCode(cause) === 'ENOENT') return undefined;
    throw new FileError('read', path, failureReason(cause), { cause });
  });
  if (found === undefined) await writeFileSafely(path, [record]);
  else if (found !== record)
    throw new ArgumentError('OUT', `a folder of textures with ${record.trim()}`, `one with ${found.trim()}`);
}
