import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const cache = '.cache';
/** A folder that may hold cifar10-jpeg.tar.gz, texture-vs-shape.tar.gz and tiny-imagenet-100.tar.gz. */
const archives = process.env.REPRODUCE_ARCHIVES;

/** Returns the folder of an archive, unpacked once; nothing where neither exists. */
export async function unpacked(archive: string, name: string, flat: boolean): Promise<string | undefined> {
  const target = join(cache, name);
  if (await exists(target)) return target;
  if (!archives || !(await exists(join(archives, archive)))) return undefined;
  await mkdir(cache, { recursive: true });
  const temporary = await mkdtemp(join(cache, `${name}-`));
  await promisify(execFile)('tar', ['-xzf', join(archives, archive), '-C', temporary]);
  await rename(flat ? temporary : join(temporary, name), target);
  await rm(temporary, { recursive: true, force: true });
  return target;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
