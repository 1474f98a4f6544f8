import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { io } from '@tensorflow/tfjs-core';
import { errorCode, errorMessage, FileError, failureReason } from '../files/fileError';
import { tempSuffix } from '../files/writeFileSafely';
import { readCheckpoint } from './checkpointFile';

/** A checkpoint that was read and checked. */
export interface FoundCheckpoint {
  /** Path of the file. */
  path: string;
  /** Steps of the optimizer when it was saved. */
  step: number;
  /** The training in tfjs's model format, for `restoreTraining`. */
  artifacts: io.ModelArtifacts;
}

const pattern = /^step-(\d+)\.checkpoint$/;

/** Returns the path of a step's checkpoint; all numbers have one length, so that a listing is in order. */
export function checkpointPath(dir: string, step: number): string {
  return join(dir, `step-${String(step).padStart(9, '0')}.checkpoint`);
}

/**
 * Finds the newest whole checkpoint of a folder, if there is one. Damaged ones are reported and skipped.
 *
 * @param warn Receives a message for each damaged checkpoint. @default console.warn
 * @throws FileError if the folder cannot be read, or all checkpoints in it are damaged.
 */
export async function latestCheckpoint(
  dir: string,
  warn: (message: string) => void = console.warn,
): Promise<FoundCheckpoint | undefined> {
  const steps = (await stepsIn(dir)).reverse();
  for (const step of steps) {
    const path = checkpointPath(dir, step);
    try {
      return { path, step, artifacts: await readCheckpoint(path) };
    } catch (error) {
      warn(`${errorMessage(error)} An older one is tried.`);
    }
  }
  if (steps.length === 0) return undefined;
  const count =
    steps.length === 1 ? 'its only checkpoint is not whole' : `none of its ${steps.length} checkpoints is whole`;
  throw new FileError('resume from', dir, `${count}; delete the folder to start over`);
}

/** Removes all but the newest `keep` checkpoints up to `step`; newer ones belong to another run. */
export async function pruneCheckpoints(dir: string, step: number, keep: number): Promise<void> {
  const older = (await stepsIn(dir)).filter((other) => other <= step);
  for (const other of older.slice(0, -keep)) await rm(checkpointPath(dir, other), { force: true });
}

/** Removes all checkpoints. */
export async function removeCheckpoints(dir: string): Promise<void> {
  for (const step of await stepsIn(dir)) await rm(checkpointPath(dir, step), { force: true });
}

/** Removes what interrupted writes left behind; only the run that holds the folder may do so. */
export async function removeTemporaryFiles(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    if (tempSuffix.test(name) && pattern.test(name.replace(tempSuffix, ''))) await rm(join(dir, name), { force: true });
  }
}

/** Lists the steps of the checkpoints in a folder, whole or not, ascending. @throws FileError */
export async function stepsIn(dir: string): Promise<number[]> {
  const names = await readdir(dir).catch((cause) => {
    if (errorCode(cause) === 'ENOENT') return [];
    throw new FileError('read the folder', dir, failureReason(cause), { cause });
  });
  return names
    .flatMap((name) => pattern.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}
