import { once } from 'node:events';
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { randomStream } from 'tfjs-nonsemantic-negatives';
import { temporaryFolder } from '../support/temporaryFolder';
import { contents, photos, run, small, start, texturesOf } from './command';

const count = process.env.LONG ? 60 : 24;
const rounds = process.env.LONG ? 10 : 3;
let images: string;
let whole: Record<string, string>;

beforeAll(async () => {
  images = await photos(count);
  const out = join(temporaryFolder(), 'out');
  await run([images, out, ...small]);
  whole = contents(out);
});

/** Starts the command, and kills it without warning some textures later. */
async function killOnce(out: string, args: readonly string[], random: () => number): Promise<void> {
  const child = start([images, out, ...args]);
  const ended = once(child, 'close');
  const enough = Object.keys(texturesOf(out)).length + 1 + Math.floor(4 * random());
  while (child.exitCode === null && Object.keys(texturesOf(out)).length < enough) await wait(1);
  await wait(20 * random());
  child.kill('SIGKILL');
  await ended;
}

/** When each texture was written. */
function times(out: string): Map<string, number> {
  return new Map(Object.keys(texturesOf(out)).map((name) => [name, lstatSync(join(out, name)).mtimeMs]));
}

test.each([
  ['one process', small],
  ['two workers', [...small.slice(0, -1), '2']],
])('killed repeatedly, %s: finished textures are whole and stay, and the result is the same', async (name, args) => {
  const random = randomStream(Number(process.env.SEED ?? 1), name);
  const out = join(temporaryFolder(), 'out');
  for (let round = 0; round < rounds; round++) {
    const before = times(out);
    await killOnce(out, args, random);
    for (const [texture, bytes] of Object.entries(texturesOf(out)))
      expect([texture, bytes === whole[texture]]).toEqual([texture, true]);
    for (const [texture, time] of before) expect(times(out).get(texture)).toBe(time);
  }
  const before = times(out);
  expect(before.size).toBeGreaterThan(0);
  expect(before.size).toBeLessThan(count);
  const { code, stdout } = await run([images, out, ...args]);
  expect(code).toBe(0);
  expect(stdout).toContain(`${count - before.size} made, ${before.size} there already, 0 skipped`);
  for (const [texture, time] of before) expect(times(out).get(texture)).toBe(time);
  expect(contents(out)).toEqual(whole);
});
