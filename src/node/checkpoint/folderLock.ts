import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { errorCode, FileError, failureReason } from '../files/fileError';

interface Holder {
  pid: number;
  host: string;
  /** Tells a process from a later one of the same number, where the system says so. */
  birth: string;
  since: string;
}

/** Locks of this process: one of its number that is not among them is left over from an earlier one. */
const held = new Set<string>();

/**
 * Makes a folder this process's own until it ends or releases it. A lock left by a dead process is taken over.
 *
 * @returns What releases it.
 * @throws FileError that names the folder and the process that holds it, or why no lock can be written.
 */
export async function lockFolder(dir: string): Promise<() => Promise<void>> {
  const path = join(resolve(dir), 'lock');
  const aside = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const holder: Holder = {
    pid: process.pid,
    host: hostname(),
    birth: birthOf(process.pid),
    since: new Date().toISOString(),
  };
  try {
    await mkdir(dir, { recursive: true });
    await writeFile(aside, JSON.stringify(holder), { flag: 'wx' });
    // A link appears with its content or not at all, and not where there is one already.
    while (!(await linkFile(aside, path))) await removeStale(path, dir);
  } catch (cause) {
    if (cause instanceof FileError) throw cause;
    throw new FileError('lock the folder', dir, failureReason(cause), { cause });
  } finally {
    await rm(aside, { force: true }).catch(() => {});
  }
  held.add(path);
  return async () => {
    if (held.delete(path)) await rm(path, { force: true });
  };
}

async function linkFile(from: string, to: string): Promise<boolean> {
  return link(from, to).then(
    () => true,
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
  if (holder && isAlive(holder, path)) {
    const who = held.has(path)
      ? 'this very process; close() the earlier checkpoint first'
      : `process ${holder.pid} on ${holder.host} since ${holder.since}; if that is over, delete ${JSON.stringify(path)}`;
    throw new FileError('train in', dir, `it is in use by ${who}`);
  }
  // Two may come to this point at once: who finds that it moved a newer lock away puts it back.
  const stale = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  await rename(path, stale).catch(() => {});
  const moved = await readFile(stale, 'utf8').catch(() => undefined);
  if (moved !== undefined && moved !== text) await linkFile(stale, path);
  await rm(stale, { force: true });
}

function parseHolder(text: string): Holder | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isAlive({ pid, host, birth }: Holder, path: string): boolean {
  // Of another machine nothing is known, so its word stands.
  if (host !== hostname()) return true;
  if (pid === process.pid) return held.has(path);
  try {
    process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM' && birthOf(pid) === birth;
  }
  return birthOf(pid) === birth;
}

/** Since when a process runs, of which boot; empty where there is no /proc to ask. */
function birthOf(pid: number): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // The 22nd field; the second, in parentheses, may hold blanks.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    // A zombie runs no more.
    return fields[0] === 'Z' ? 'dead' : `${boot} ${fields[19]}`;
  } catch {
    return '';
  }
}
