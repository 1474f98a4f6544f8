import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../../support/files';

/** Makes a replacer for `JSON.stringify` that rounds numbers. */
export const rounded = (places: number) => (_: string, value: unknown) =>
  typeof value === 'number' ? Math.round(10 ** places * value) / 10 ** places : value;

/** Writes a finished run as a file of its own, small enough to be committed; numbers are rounded to 1e-4. */
export async function writeRunFile(dir: string, run: { arm: string; seed: number }): Promise<void> {
  await writeWhole(join(dir, `${run.arm}-${run.seed}.json`), `${JSON.stringify(run, rounded(4), 2)}\n`);
}

/** Reads the runs of a folder, by the names of their files; none if there is no folder. */
export async function readRunFiles<Run>(dir: string): Promise<Run[]> {
  const names = (await readdir(dir).catch(() => [])).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(dir, name), 'utf8'))));
}
