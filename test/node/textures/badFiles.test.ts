import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { plain, promisedPng } from '../support/makeImage';
import { folderOf, temporaryFolder } from '../support/temporaryFolder';
import { manifestLines, picture, run, small, texturesOf } from './command';

const good = () => picture(1).png().toBuffer();

test('unusual images get textures too, and a second run reports the same', async () => {
  const [photo, alpha] = [picture(1), picture(2).ensureAlpha(0.5)];
  const frames = await Promise.all([1, 2].map((number) => picture(number, 40).png().toBuffer()));
  const samples = Uint16Array.from({ length: 40 * 50 * 3 }, (_, i) => (i * 257) % 65536);
  const files = {
    '16 bits.png': await sharp(samples, { raw: { width: 50, height: 40, channels: 3 } })
      .toColorspace('rgb16')
      .png()
      .toBuffer(),
    'cmyk.jpg': await photo.clone().toColorspace('cmyk').jpeg().toBuffer(),
    'gray.png': await photo.clone().toColorspace('b-w').png().toBuffer(),
    'alpha.png': await alpha.png().toBuffer(),
    'animated.gif': await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer(),
    'turned.jpg': await photo.clone().withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    'with spaces  and\nnewline.png': await good(),
    '-–ünïcödé 猫 ".png': await good(),
    'no image by its name, and none is read': await good(),
    '.hidden.png': await good(),
  };
  const [images, out] = [folderOf(files), temporaryFolder()];
  expect(await run([images, out, ...small])).toMatchObject({ code: 0, stderr: '' });
  const expected = Object.keys(files).slice(0, -2);
  expect(Object.keys(texturesOf(out)).sort()).toEqual(expected.map((name) => `${name}.png`).sort());
  const lines = manifestLines(out);
  const sizes = Object.fromEntries(lines.map((line) => JSON.parse(line)).map((e) => [e.source, [e.height, e.width]]));
  expect(sizes['turned.jpg']).toEqual([50, 41]);
  expect(sizes['animated.gif']).toEqual([40, 50]);

  const second = await run([images, out, ...small]);
  expect(second).toMatchObject({ code: 0 });
  expect(second.stdout).toContain('0 made, 8 there already, 0 skipped');
  expect(manifestLines(out)).toEqual(lines);
});

describe('bad files', () => {
  let images: string;
  const goodSource = 'z good.png';

  beforeAll(async () => {
    const bytes = await good();
    const damaged = Buffer.from(bytes);
    damaged.fill(0, 1000, 1040);
    images = folderOf({
      'empty.png': '',
      'text.jpg': 'no image at all',
      'truncated.png': bytes.subarray(0, 1500),
      'truncated.jpg': (await picture(1).jpeg().toBuffer()).subarray(0, 700),
      'damaged.png': damaged,
      'drawing.png': '<svg xmlns="http://www.w3.org/2000/svg" width="50" height="50"></svg>',
      'huge.png': await promisedPng(20_000, 20_000),
      'large.png': await promisedPng(10_001, 10_000),
      'tiny.png': await plain([1, 2, 3], 15, 60).png().toBuffer(),
      'folder.png/inside.png': '',
      [goodSource]: bytes,
      [`${'n'.repeat(249)}.png`]: bytes,
    });
    symlinkSync('.', join(images, 'loop'));
    symlinkSync(join(images, goodSource), join(images, 'link.png'));
    symlinkSync('nowhere', join(images, 'broken link.png'));
    execFileSync('mkfifo', [join(images, 'pipe.png')]);
  });

  test('each kind is counted and named, and leaves the others alone', async () => {
    const out = temporaryFolder();
    const { code, stdout, stderr } = await run([images, out, ...small]);
    expect(code).toBe(1);
    expect(stdout).toContain(
      '1 made, 0 there already, 15 skipped (4 not listed, 1 not writable, 2 too large, 1 too small, 7 unreadable)',
    );
    expect(Object.keys(texturesOf(out))).toEqual([`${goodSource}.png`]);
    for (const [name, reason] of Object.entries({
      'empty.png': 'the file is empty (0 bytes)',
      'text.jpg': 'it is not a JPEG',
      'drawing.png': 'it is not a JPEG',
      'large.png': 'pixel limit',
      'tiny.png': 'smaller than its exemplars of 16 pixels (see --exemplar)',
      'link.png': 'a symbolic link',
      'pipe.png': 'not a regular file',
      'folder.png/inside.png': 'empty',
    }))
      expect(stderr).toMatch(new RegExp(`skipped: Cannot make a texture of "${name}": .*${escapeRegExp(reason)}`));
    expect(stderr).toContain('the name is too long');
    expect(stderr.trim().split('\n')).toHaveLength(15);
  });

  test('--follow-symlinks reads links, each real folder once', async () => {
    const { code, stdout } = await run([images, temporaryFolder(), ...small, '--follow-symlinks']);
    expect(code).toBe(1);
    // The loop, the pipe and the link to nowhere remain.
    expect(stdout).toContain('2 made, 0 there already, 14 skipped (3 not listed');
  });

  test('the shards together count them once', async () => {
    const out = temporaryFolder();
    const outputs = [];
    for (const shard of ['1/2', '2/2']) outputs.push(await run([images, out, ...small, '--shard', shard]));
    const skipped = outputs.map(({ stdout }) => Number(/(\d+) skipped/.exec(stdout)![1]));
    expect(skipped[0] + skipped[1]).toBe(15);
  });

  test('--on-error stop ends at the first bad file', async () => {
    const out = temporaryFolder();
    const { code, stderr } = await run([images, out, ...small, '--on-error', 'stop']);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^stopped: Cannot make a texture of "broken link.png"/);
    expect(manifestLines(out)).toEqual([]);
  });
});

describe('the output folder', () => {
  let images: string;
  beforeAll(async () => {
    images = folderOf({ 'class/sub/a.png': await good(), 'class/b.png': await good(), 'other/c.png': await good() });
  });

  test('its links are not followed: nothing is written outside', async () => {
    const [out, outside] = [temporaryFolder(), temporaryFolder()];
    symlinkSync(outside, join(out, 'class'));
    const { code, stdout, stderr } = await run([images, out, ...small]);
    expect(code).toBe(1);
    expect(stdout).toContain('1 made, 0 there already, 2 skipped (2 not writable)');
    expect(stderr).toContain('a file or a link is in its place');
    expect(texturesOf(outside)).toEqual({});
  });

  test('a link in the place of a texture is replaced, not followed', async () => {
    const [out, outside] = [temporaryFolder(), folderOf({ 'precious.txt': 'text' })];
    mkdirSync(join(out, 'other'));
    symlinkSync(join(outside, 'precious.txt'), join(out, 'other/c.png.png'));
    expect((await run([images, out, ...small])).stdout).toContain('3 made');
    expect(readFileSync(join(outside, 'precious.txt'), 'utf8')).toBe('text');
  });

  test.each([
    ['inside the input', () => join(images, 'class/textures')],
    ['around the input', () => join(images, '..')],
    ['the input', () => images],
    ['inside by a link', () => join(linkTo(images), 'new')],
  ])('is refused %s', async (_, out) => {
    const { code, stderr } = await run([images, out(), ...small]);
    expect(code).toBe(2);
    expect(stderr).toContain('Expected a folder neither in IN nor around it for OUT');
  });

  test('is refused with other settings', async () => {
    const out = temporaryFolder();
    await run([images, out, ...small]);
    const before = texturesOf(out);
    const { code, stderr } = await run([images, out, ...small, '--seed', '7']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/"seed":7.*received one with.*"seed":0/);
    expect(texturesOf(out)).toEqual(before);
  });

  test('is refused if it is a file', async () => {
    const out = join(folderOf({ file: '' }), 'file');
    expect(await run([images, out, ...small])).toMatchObject({ code: 2 });
  });

  // Needs the right to mount: root on Linux, and not in every container.
  const mountable = mount(temporaryFolder());
  (mountable ? test : test.skip)('full: stops, leaves whole files, and goes on when there is room', async () => {
    const many: Record<string, Uint8Array> = {};
    for (let i = 0; i < 12; i++) many[`${i}.png`] = await picture(i).png().toBuffer();
    const [folder, out] = [folderOf(many), temporaryFolder()];
    expect(mount(out)).toBe(out);
    try {
      writeFileSync(join(out, 'filler'), Buffer.alloc(40_000));
      const full = await run([folder, out, ...small]);
      expect(full).toMatchObject({ code: 3, stderr: expect.stringContaining('the disk is full') });
      execFileSync('mount', ['-o', 'remount,size=4m', out]);
      writeFileSync(join(out, 'filler'), '');
      const there = Object.keys(texturesOf(out)).length;
      expect((await run([folder, out, ...small])).stdout).toContain(`${12 - there} made, ${there} there already`);
      execFileSync('mount', ['-o', 'remount,ro', out]);
      expect(await run([folder, out, ...small])).toMatchObject({ stderr: expect.stringContaining('read-only') });
    } finally {
      execFileSync('umount', [out]);
    }
  });
  if (mountable) execFileSync('umount', [mountable]);
});

test.each([
  [['--size', 'large'], 'option --size'],
  [['--exemplar', '7'], 'option --exemplar'],
  [['--workers', '0'], 'option --workers'],
  [['--shard', '5/4'], 'option --shard'],
  [['--shard', 'a/4'], 'option --shard'],
  [['--format', 'bmp'], "option '--format <format>'"],
  [['--color'], "unknown option '--color'"],
])('%j is refused', async (options, message) => {
  const { code, stderr } = await run([temporaryFolder(), join(temporaryFolder(), 'new'), ...options]);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

test.each([
  [{ JOB_COMPLETION_INDEX: '2' }, 'JOB_COMPLETION_COUNT'],
  [{ SLURM_ARRAY_TASK_ID: '9', SLURM_ARRAY_TASK_COUNT: '2', SLURM_ARRAY_TASK_MIN: '1' }, 'A job array without gaps'],
])('%j is refused', async (env, message) => {
  const { code, stderr } = await run([temporaryFolder(), join(temporaryFolder(), 'new')], env);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

function linkTo(target: string): string {
  const link = join(temporaryFolder(), 'link');
  symlinkSync(target, link);
  return link;
}

/** Mounts a file system of 64 KB of memory; returns where, or undefined if that is not allowed. */
function mount(dir: string): string | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', dir], { stdio: 'ignore' });
    return dir;
  } catch {
    return undefined;
  }
}

function escapeRegExp(text: string): string {
  return text.replace(/[()]/g, '\\$&');
}
