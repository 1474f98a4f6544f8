import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as tfl from '@tensorflow/tfjs-layers';
import { fileSystem } from 'tfjs-nonsemantic-negatives/node';
import { makePictures } from './support/makePictures';

const root = join(__dirname, '../..');
let dir: string;

/** Starts the quickstart in `dir`, on wasm and on the made pictures. */
function start(...args: string[]): { child: ChildProcess; ended: Promise<{ code: number | null; output: string }> } {
  const script = join(root, 'examples/quickstart/quickstart.ts');
  const tsx = pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href;
  const command = ['--import', tsx, script, '--images', 'pictures', '--backend', 'wasm', '--size', '16', ...args];
  const child = spawn(process.execPath, command, {
    cwd: dir,
    env: { ...process.env, TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (output += text));
  return { child, ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, output }))) };
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'quickstart-'));
  await makePictures(join(dir, 'pictures'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('the quickstart on a folder of pictures', () => {
  test('writes a report, figures and an encoder of stock layers', async () => {
    const { code, output } = await start('--steps', '4', '--compare').ended;
    expect(output).toContain('Wrote runs/quickstart/report.html');
    expect(code).toBe(0);
    const run = join(dir, 'runs/quickstart');
    const record = JSON.parse(readFileSync(join(run, 'metrics.json'), 'utf8'));
    expect(Object.keys(record.measures).sort()).toEqual([
      'chance',
      'plain MoCo',
      'raw pixels',
      'untrained',
      'with patch negatives',
    ]);
    expect(record.measures.chance.recallFromView).toEqual({ at1: 1 / 24, at10: 10 / 24 });
    // Nobody says what is object in pictures of a folder: their middle is, which has no shape.
    expect(Object.keys(record.reliance.encoders)).toEqual([
      'plain MoCo',
      'with patch negatives',
      'untrained',
      'raw pixels',
    ]);
    expect(Object.keys(record.reliance.encoders.untrained.recall)).toEqual(['edges', 'textures', 'patches']);
    expect([record.reliance.concepts, record.reliance.conflicts]).toEqual([24, 0]);
    expect(record.data).toContain('72 pictures to train on, 24 held out');
    expect(readFileSync(join(run, 'report.html'), 'utf8')).toContain('</html>');
    const encoder = await tfl.loadLayersModel(fileSystem(join(run, 'encoder')));
    expect(encoder.outputs[0].shape).toEqual([null, 128]);
    expect(
      encoder.layers.map((layer) => layer.getClassName()).filter((name) => name.startsWith('NonSemantic')),
    ).toEqual([]);
  });

  test('saves on Ctrl-C, and ends in the same bytes as without it', async () => {
    const encoderOf = (name: string) => readFileSync(join(dir, 'runs', name, 'encoder/weights.bin')).toString('hex');
    await start('--steps', '40', '--name', 'whole').ended;

    const { child, ended } = start('--steps', '40', '--name', 'halves');
    // As soon as it says that it trains; any later would do as well.
    child.stdout?.on('data', (text) => String(text).includes('40 steps') && child.kill('SIGINT'));
    const { code, output } = await ended;
    expect(output).toContain('To continue: npm run quickstart -- ');
    expect(code).toBe(130);
    expect(existsSync(join(dir, 'runs/halves/encoder'))).toBe(false);

    await start('--steps', '40', '--name', 'halves', '--resume').ended;
    expect(encoderOf('halves')).toBe(encoderOf('whole'));
  });

  test.each([
    [['--steps', 'many'], 'Expected a number of at least 1 for --steps, received many.'],
    [['--name', '../up'], 'Expected a plain folder name for --name, received ../up.'],
    [['--backnd', 'wasm'], "Unknown option '--backnd'"],
  ])('refuses %j', async (args, message) => {
    const { code, output } = await start(...args).ended;
    expect(output).toContain(message);
    expect(code).toBe(2);
  });
});
