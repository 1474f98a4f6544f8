import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { randomStream } from 'tfjs-nonsemantic-negatives';
import { uniformInteger } from '../../src/support/random';
import { makePictures } from './support/makePictures';

const root = join(__dirname, '../..');
const counts = process.env.LONG
  ? { training: 20, saving: 20, damage: 40, mounts: 3 }
  : { training: 1, saving: 1, damage: 1, mounts: 1 };
const random = randomStream('faults');
const mountable = process.getuid?.() === 0 && process.platform === 'linux';

/** What was tried, how often, and how often the run then ended in the same bytes or with an error that says why. */
const figures: { [fault: string]: { tried: number; same: number; told: number } } = {};
let dir: string;
let whole: string;

interface Run {
  child: ChildProcess;
  ended: Promise<{ code: number | null; output: string }>;
}

/** Starts the quickstart on wasm: 60 steps, one per epoch, saved every 20 and at the end. */
function start(name: string, ...args: string[]): Run {
  const tsx = pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href;
  const script = join(root, 'examples/quickstart/quickstart.ts');
  const options = [
    '--images',
    'pictures',
    '--backend',
    'wasm',
    '--size',
    '16',
    '--steps',
    '60',
    '--name',
    name,
    ...args,
  ];
  const child = spawn(process.execPath, ['--import', tsx, script, ...options], {
    cwd: dir,
    env: { ...process.env, TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (output += text));
  return { child, ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, output }))) };
}

const stateOf = (name: string) => join(dir, 'runs', name, 'state/with-patch-negatives');
const checkpointsOf = (name: string) =>
  existsSync(stateOf(name)) ? readdirSync(stateOf(name)).filter((file) => file.endsWith('.checkpoint')) : [];
const encoderOf = (name: string) => readFileSync(join(dir, 'runs', name, 'encoder/weights.bin')).toString('hex');

/** Kills a run outright as soon as its folder is as wanted, a few milliseconds later. */
async function killWhen(run: Run, name: string, wanted: (files: string[]) => boolean, delay: number): Promise<void> {
  const deadline = setInterval(() => {
    if (!existsSync(stateOf(name)) || !wanted(readdirSync(stateOf(name)))) return;
    clearInterval(deadline);
    setTimeout(() => run.child.kill('SIGKILL'), delay);
  }, 1);
  await run.ended;
  clearInterval(deadline);
}

/** Continues a run to its end, and counts whether it ends in the bytes of an undisturbed one. */
async function finish(fault: string, name: string): Promise<void> {
  const { code, output } = await start(name, '--resume').ended;
  const same = code === 0 && encoderOf(name) === whole;
  count(fault, same ? 'same' : undefined);
  if (!same) throw new Error(output);
}

function count(fault: string, outcome?: 'same' | 'told'): void {
  figures[fault] ??= { tried: 0, same: 0, told: 0 };
  figures[fault].tried++;
  if (outcome) figures[fault][outcome]++;
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'faults-'));
  await makePictures(join(dir, 'pictures'));
  expect((await start('whole').ended).code).toBe(0);
  whole = encoderOf('whole');
});

afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
  if (process.env.LONG) writeFigures();
});

/** Each of these starts a training three times; the first test does what they share. */
const testLong = process.env.LONG ? test : test.skip;

jest.setTimeout(process.env.LONG ? 7_200_000 : 300_000);

test('kill -9 while training: the next start ends in the same bytes', async () => {
  for (let i = 0; i < counts.training; i++) {
    const name = `killed-${i}`;
    const atLeast = uniformInteger(random, 0, 2);
    const wanted = (files: string[]) => files.filter((file) => file.endsWith('.checkpoint')).length >= atLeast;
    await killWhen(start(name), name, wanted, uniformInteger(random, 0, 1500));
    await finish('kill -9 while training', name);
  }
});

testLong('kill -9 while saving: the next start ends in the same bytes', async () => {
  for (let i = 0; i < counts.saving; i++) {
    const name = `killed-saving-${i}`;
    const wanted = (files: string[]) => files.some((file) => /checkpoint.*\.tmp$/.test(file));
    await killWhen(start(name), name, wanted, uniformInteger(random, 0, 3));
    await finish('kill -9 while saving', name);
  }
});

testLong('a truncated or bit-flipped newest checkpoint is named, and the run ends in the same bytes', async () => {
  for (let i = 0; i < counts.damage; i++) {
    const name = `damaged-${i}`;
    await killWhen(start(name), name, (files) => files.filter((file) => file.endsWith('.checkpoint')).length >= 2, 0);
    const newest = join(stateOf(name), checkpointsOf(name).at(-1) as string);
    const bytes = readFileSync(newest);
    const place = uniformInteger(random, 0, bytes.length - 1);
    bytes[place] ^= 1 << uniformInteger(random, 0, 7);
    writeFileSync(newest, random() < 0.5 ? bytes : bytes.subarray(0, place));
    await finish('a damaged newest checkpoint', name);
  }
});

test('two runs in one folder: the second one’s error names the holder, the first continues', async () => {
  const first = start('shared');
  const seen = new Promise<void>((resolve) => {
    const poll = setInterval(() => {
      const lock = join(stateOf('shared'), 'lock');
      // Created, then written: stopped between the two, the run would hold no lock yet.
      if (!existsSync(lock) || statSync(lock).size === 0) return;
      clearInterval(poll);
      resolve();
    }, 5);
  });
  await seen;
  first.child.kill('SIGSTOP');
  const second = await start('shared', '--resume').ended;
  first.child.kill('SIGCONT');
  const told = second.code !== 0 && second.output.includes(`it is in use by process ${first.child.pid} on `);
  count('two runs in one folder', told ? 'told' : undefined);
  expect(told ? 'told' : second.output).toBe('told');
  expect((await first.ended).code).toBe(0);
  expect(encoderOf('shared')).toBe(whole);
});

// Only root may mount; elsewhere these two are skipped.
const testMounts = mountable ? test : test.skip;
const testMountsLong = mountable ? testLong : test.skip;

/** A separate small file system in place of a run's state. */
function mount(name: string, options: string): () => void {
  const where = stateOf(name);
  mkdirSync(where, { recursive: true });
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', where], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return () => void spawnSync('umount', ['-l', where]);
}

testMountsLong('a full disk: the run says so, and ends in the same bytes once there is space', async () => {
  for (let i = 0; i < counts.mounts; i++) {
    const name = `full-${i}`;
    const where = stateOf(name);
    const unmount = mount(name, 'size=16m');
    try {
      // Space for one checkpoint and a part of the next.
      const size = readFileSync(join(stateOf('whole'), checkpointsOf('whole')[0])).length;
      writeFileSync(join(where, 'ballast'), Buffer.alloc(16 * 2 ** 20 - Math.round(size * (1.2 + 0.6 * random()))));
      const { code, output } = await start(name).ended;
      const told = code !== 0 && output.includes('the disk is full');
      count('a full disk', told ? 'told' : undefined);
      expect(output).toContain('the disk is full');
      expect(checkpointsOf(name)).toHaveLength(1);
      rmSync(join(where, 'ballast'));
      await finish('a full disk, then room', name);
    } finally {
      unmount();
    }
  }
});

testMounts('a read-only folder: the run says so before it trains', async () => {
  const unmount = mount('read-only', 'ro,size=1m');
  try {
    const { code, output } = await start('read-only').ended;
    const told = code !== 0 && output.includes('the file system is read-only');
    count('a read-only folder', told ? 'told' : undefined);
    expect(output).toContain('the file system is read-only');
  } finally {
    unmount();
  }
});

/** Puts the table of a long series between its marks in docs/reliability.md. */
function writeFigures(): void {
  const path = join(root, 'docs/reliability.md');
  const rows = Object.entries(figures).map(
    ([fault, { tried, same, told }]) => `| ${fault} | ${tried} | ${same} | ${told} | ${tried - same - told} |`,
  );
  const head = '| fault | tried | same final bytes | said what is wrong | lost |\n|---|---|---|---|---|';
  const marks = /<!-- faults -->[\s\S]*<!-- \/faults -->/;
  const table = `<!-- faults -->\n${head}\n${rows.join('\n')}\n<!-- /faults -->`;
  writeFileSync(
    path,
    readFileSync(path, 'utf8').replace(marks, () => table),
  );
}
