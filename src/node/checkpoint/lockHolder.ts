import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { threadId } from 'node:worker_threads';
import { errorCode } from '../files/fileError';

/** Who holds a folder. */
export interface LockHolder {
  pid: number;
  /** The worker thread, 0 for the main thread. */
  threadId: number;
  host: string;
  /** Tells a process from a later one of the same number; empty where the system does not say. */
  birth: string;
  /** The time of the lock, as an ISO date. */
  since: string;
}

export function thisHolder(): LockHolder {
  return {
    pid: process.pid,
    threadId,
    host: hostname(),
    birth: birthOf(process.pid),
    since: new Date().toISOString(),
  };
}

export function parseHolder(text: string): LockHolder | undefined {
  try {
    const holder = JSON.parse(text);
    return typeof holder?.pid === 'number' ? holder : undefined;
  } catch {
    return undefined;
  }
}

/** Tells whether the holder's process is running; its thread may have ended unseen. */
export function isAlive({ pid, host, birth, since }: LockHolder): boolean {
  // Another machine's processes are unknown too.
  if (host !== hostname()) return true;
  if (birthOf(pid) !== birth) return false;
  // A second of tolerance, as the two clocks are rounded.
  if (pid === process.pid) return Date.parse(since) > Date.now() - process.uptime() * 1000 - 1000;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

export function isThisThread(holder: LockHolder): boolean {
  return holder.host === hostname() && holder.pid === process.pid && holder.threadId === threadId;
}

/** Returns the boot and the start of a process; empty where there is no /proc to ask. */
function birthOf(pid: number): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // The 22nd field; the second, in parentheses, may hold blanks.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    // A zombie does not run.
    return fields[0] === 'Z' ? 'dead' : `${boot} ${fields[19]}`;
  } catch {
    return '';
  }
}
