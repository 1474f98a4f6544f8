import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { convEncoder } from 'tfjs-nonsemantic-negatives';
import { fileSystem } from 'tfjs-nonsemantic-negatives/node';
import type { Evaluation } from '../../examples/evaluate/evaluation';
import { plain } from './support/makeImage';
import { folderOf } from './support/temporaryFolder';

const root = join(__dirname, '../..');

/** Runs `npm run evaluate` on wasm. */
function evaluate(...args: string[]) {
  const tsx = pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href;
  const command = ['--import', tsx, join(root, 'examples/evaluate/evaluate.ts'), '--backend', 'wasm', ...args];
  const env = { ...process.env, TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') };
  return spawnSync(process.execPath, command, { encoding: 'utf8', env });
}

const colors = { red: [220, 40, 30], green: [40, 200, 60], blue: [30, 60, 220], gold: [230, 190, 40] };

/** A picture of one color, a little different for each number. */
const picture = (color: keyof typeof colors, i: number) =>
  plain(
    colors[color].map((value) => value + 3 * i),
    16,
    16,
  )
    .png()
    .toBuffer();

let dir: string;

beforeAll(async () => {
  const files: Record<string, Uint8Array> = {};
  for (const color of ['red', 'green', 'blue'] as const) {
    for (let i = 0; i < 4; i++) files[`pictures/train/${color}/${i}.png`] = await picture(color, i);
    for (let i = 4; i < 6; i++) files[`pictures/test/${color}/${i}.png`] = await picture(color, i);
  }
  // Another domain with a class under another name, and one that the bank does not know.
  for (const [name, color] of Object.entries({ rouge: 'red', blue: 'blue', gold: 'gold' } as const))
    for (let i = 0; i < 3; i++) files[`pictures/poster/${name}/${i}.png`] = await picture(color, i);
  // Named red for their shape, but of another color: all that this encoder can see is the "texture".
  files['pictures/conflict/red/red1-green1.png'] = await picture('green', 1);
  files['pictures/conflict/red/red2-rouge1.png'] = await picture('red', 2);
  files['pictures/conflict/green/green1-rouge2.png'] = await picture('red', 0);
  files['pictures/conflict/green/green2-gold1.png'] = await picture('gold', 0);
  dir = folderOf(files);
  const encoder = convEncoder({ inputShape: [16, 16, 3], filters: [8, 16], seed: 1 });
  await encoder.save(fileSystem(join(dir, 'mine/encoder')));
});

describe('npm run evaluate', () => {
  test('measures an encoder on every domain, and writes figures and a report', () => {
    const out = join(dir, 'out');
    const folders = ['--encoder', join(dir, 'mine/encoder'), '--images', join(dir, 'pictures'), '--out', out];
    const stored = join(dir, 'features');
    const shard = evaluate(...folders, '--same', 'rouge=red', '--features', stored, '--shard', '0/2');
    expect([shard.status, shard.stdout.match(/train.00000.safetensors …/g)]).toEqual([
      0,
      ['train/00000.safetensors …'],
    ]);
    expect([existsSync(out), shard.stdout]).toEqual([false, expect.not.stringContaining('Wrote')]);
    const options = [
      '--features',
      stored,
      '--same',
      'rouge=red',
      '--neighbors',
      '3',
      '--learning-rate',
      '10',
      '--per-class',
      '2',
    ];
    const { status, stdout, stderr } = evaluate(...folders, ...options);
    expect([status, stderr]).toEqual([0, expect.not.stringContaining('Error')]);

    const { evaluations } = JSON.parse(readFileSync(join(out, 'metrics.json'), 'utf8'));
    const { domains, shapeBias, corruption, textureReliance, reliance, features }: Evaluation = evaluations.mine;
    expect(Object.keys(domains)).toEqual(['test', 'conflict', 'poster']);
    expect(domains.test).toEqual({
      images: 6,
      classes: ['blue', 'green', 'red'],
      knn: 1,
      linear: 1,
      balanced: 1,
      standardized: 1,
      chance: 1 / 3,
      perClass: { blue: 1, green: 1, red: 1 },
    });
    expect(domains.poster).toMatchObject({
      images: 6,
      classes: ['blue', 'red'],
      knn: 1,
      linear: 1,
      standardized: 1,
      chance: 0.5,
    });
    // One of the four has no conflict, and one a texture that no class of the bank has.
    expect(shapeBias.conflict.knn).toMatchObject({ shapeBias: 0, shape: 0, texture: 2, withoutConflict: 1 });
    expect([corruption.clean, corruption.rows.length]).toEqual([1, 15]);
    // Of one color, patches and textures of a picture are the picture.
    expect(textureReliance.overall).toEqual({ images: { linear: 1 }, textures: { linear: 1 }, patches: { linear: 1 } });
    // Found by its color alone among the six, two of each color alike but for a shade.
    expect(Object.keys(reliance.recall)).toEqual(['edges', 'textures', 'patches']);
    expect(reliance.recall.textures![1].chance).toBeCloseTo(1 / 6, 9);
    expect(reliance.recall.textures![1].value).toBeGreaterThan(0.5);
    expect(reliance.classes.map(({ name }) => name)).toEqual(['blue', 'green', 'red']);
    expect(features.effectiveRank).toBeGreaterThan(1);

    // Made by the shard before.
    expect(stdout).not.toMatch(/safetensors/);
    expect(stdout).toMatch(/poster, kNN \(2 classes\) +100\.0/);
    const page = readFileSync(join(out, 'report.html'), 'utf8');
    expect(page.match(/<svg/g)?.length).toBeGreaterThanOrEqual(7);
    expect(page).not.toMatch(/<script|<link|src=|NaN|undefined/);
  });

  test('says what is missing', () => {
    const { status, stderr } = evaluate('--encoder', 'x');
    expect([status, stderr]).toEqual([
      2,
      'Expected a folder for --images, received none. --help says how to run it.\n',
    ]);
    const folders = ['--encoder', join(dir, 'mine/encoder'), '--images', join(dir, 'pictures')];
    expect(evaluate(...folders, '--shard', '1/2').stderr).toMatch(/Expected --features DIR beside --shard/);
    expect(evaluate(...folders, '--features', dir, '--shard', '3/2').stderr).toMatch(
      /Expected I\/N with I from 0 to N for --shard, received 3\/2/,
    );
    expect(evaluate(...folders, '--bank', 'photos').stderr).toMatch(
      /Expected a folder photos in .* for --bank, received conflict, poster, test, train/,
    );
  });
});
