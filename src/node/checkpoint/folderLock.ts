import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { errorCode, FileError, failureReason } from '../files/fileError';
import { isAlive, isThisThread, type LockHolder, parseHolder, thisHolder } from './lockHolder';

/** Time after which a lock without a readable holder counts as left behind, and not as being written. */
const writingMs = 1000;
/** Time after which a takeover that was begun counts as cut off. */
const abandonedMs = 10_000;

/**
 * Reserves a folder for this thread until it ends or releases it. A lock that a dead process left is taken over.
 *
 * The lock is a file that is created only if there is none, as every file system can do. Hard links, which exFAT and
 * many network mounts lack, are not needed.
 *
 * @returns What releases it.
 * @throws FileError that names the folder and its holder, or the reason why no lock can be written.
 */
export async function lockFolder(dir: string): Promise<() => Promise<void>> {
  const path = join(resolve(dir), 'lock');
  try {
    await mkdir(dir, { recursive: true });
    while (!(await createLock(path))) await removeStale(path, dir);
  } catch (cause) {
    if (cause instanceof FileError) throw cause;
    throw new FileError('lock the folder', dir, failureReason(cause), { cause });
  }
  let isHeld = true;
  return async () => {
    if (isHeld) await rm(path, { force: true });
    isHeld = false;
  };
}

/** Writes the lock. @returns Whether there was none and this one stands. */
async function createLock(path: string): Promise<boolean> {
  const text = JSON.stringify(thisHolder());
  return writeFile(path, text, { flag: 'wx' }).then(
    // A process that was suspended between creating and writing has lost its empty lock to another.
    async () => (await readFile(path, 'utf8').catch(() => undefined)) === text,
    (error) => {
      if (errorCode(error) === 'EEXIST') return false;
      throw error;
    },
  );
}

/** Takes a dead holder's lock away. @throws FileError if its holder lives. */
async function removeStale(path: string, dir: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const holder = parseHolder(text);
  if (holder && isAlive(holder)) throw new FileError('train in', dir, `it is in use by ${nameHolder(holder, path)}`);
  if (!holder && (await ageOf(path)) < writingMs) {
    await setTimeout(50);
    return;
  }
  await takeOver(path, text);
}

/** Removes a lock if it is still the stale one; one at a time, as two may find it at once. */
async function takeOver(path: string, stale: string): Promise<void> {
  const turn = `${path}.takeover`;
  try {
    await mkdir(turn);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    if ((await ageOf(turn)) > abandonedMs) await rm(turn, { recursive: true, force: true });
    else await setTimeout(20);
    return;
  }
  try {
    if ((await readFile(path, 'utf8').catch(() => undefined)) === stale) await rm(path, { force: true });
  } finally {
    await rm(turn, { recursive: true, force: true });
  }
}

function nameHolder(holder: LockHolder, path: string): string {
  if (isThisThread(holder)) return 'this very process; close() the earlier checkpoint first';
  const { pid, threadId, host, since } = holder;
  const thread = threadId ? `thread ${threadId} of ` : '';
  return `${thread}process ${pid} on ${host} since ${since}; if that is over, delete ${JSON.stringify(path)}`;
}

async function ageOf(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
}
