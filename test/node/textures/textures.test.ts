import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { randomStream, synthesizeTexture, textureNegative } from 'tfjs-nonsemantic-negatives';
import { folderOf, temporaryFolder } from '../support/temporaryFolder';
import { contents, manifestLines, photos, picture, run, small, texturesOf } from './command';

let images: string;
let whole: string;

beforeAll(async () => {
  images = await photos(12);
  whole = join(temporaryFolder(), 'out');
  expect(await run([images, whole, ...small])).toMatchObject({ code: 0, stderr: '' });
});

test('every image has a texture in its class folder, named after it', async () => {
  const expected = Array.from({ length: 12 }, (_, i) => `class ${i % 2}/${i}.png.png`);
  expect(Object.keys(texturesOf(whole)).sort()).toEqual(expected.sort());
  const { width, height, channels } = await sharp(join(whole, expected[0])).metadata();
  expect({ width, height, channels }).toEqual({ width: 32, height: 32, channels: 3 });
});

test('the manifest records what a texture was made of', async () => {
  const lines = manifestLines(whole).map((line) => JSON.parse(line));
  expect(lines.map(({ source }) => source)).toEqual(Object.keys(contents(images)).sort((a, b) => (a < b ? -1 : 1)));
  const line = lines.find(({ source }) => source === 'class 1/7.png');
  expect(line).toMatchObject({ texture: 'class 1/7.png.png', height: 47, width: 50, exemplarSize: 16 });
  const params = textureNegative({ exemplarSize: 16 }).sample([47, 50, 3], randomStream(0, 'class 1/7.png'));
  expect(line).toMatchObject({ ...params });

  // Made again from that line and the image at its own resolution.
  await tf.ready();
  const { data } = await sharp(join(images, line.source)).raw().toBuffer({ resolveWithObject: true });
  const image = tf.tensor3d(new Float32Array(data), [47, 50, 3]);
  const exemplars = tf.stack(line.offsets.map(([top, left]: number[]) => tf.slice(image, [top, left, 0], [16, 16, 3])));
  const again = synthesizeTexture(tf.expandDims(exemplars, 0) as tf.Tensor5D, {
    size: 32,
    quality: 'fast',
    streams: [randomStream(line.seed, 'texture')],
  });
  const values = await again.data();
  const written = await sharp(join(whole, line.texture)).raw().toBuffer();
  const far = written.filter((value, i) => Math.abs(value - values[i]) > 1);
  expect(far.length / written.length).toBeLessThan(0.05); // backends agree within 1/255 on 95 % of the pixels
});

test('four shards in any order make the textures of one', async () => {
  const out = temporaryFolder();
  // Once by option, from 1 or from 0; once as Kubernetes says it; once as Slurm does.
  const shards = [
    run([images, out, ...small, '--shard', '3/4']),
    run([images, out, ...small, '--shard', '0/4']),
    run([images, out, ...small], { JOB_COMPLETION_INDEX: '1', JOB_COMPLETION_COUNT: '4' }),
    run([images, out, ...small], {
      SLURM_ARRAY_TASK_ID: '11',
      SLURM_ARRAY_TASK_COUNT: '4',
      SLURM_ARRAY_TASK_MIN: '10',
      SLURM_ARRAY_TASK_STEP: '1',
    }),
  ];
  for (const shard of shards) expect(await shard).toMatchObject({ code: 0 });
  expect(texturesOf(out)).toEqual(texturesOf(whole));
  expect(readdirSync(out).filter((name) => name.endsWith('.jsonl'))).toEqual(
    [1, 2, 3, 4].map((i) => `manifest-${i}-of-4.jsonl`),
  );
  expect(manifestLines(out).sort()).toEqual(manifestLines(whole).sort());
});

test('two workers make the textures of one, and more images in the folder change none of them', async () => {
  const more = folderOf({ ...Object.fromEntries(imageFiles()), 'class 0/000.png': await picture(99).png().toBuffer() });
  const out = temporaryFolder();
  const { code, stdout } = await run([more, out, ...small.slice(0, -2), '--workers', '2']);
  expect(code).toBe(0);
  expect(stdout).toContain('2 processes');
  const { 'class 0/000.png.png': added, ...others } = texturesOf(out);
  expect(added).toBeDefined();
  expect(others).toEqual(texturesOf(whole));
});

test('another seed changes textures, another folder name does not', async () => {
  const files = Object.fromEntries(imageFiles().slice(0, 2));
  const [same, other] = [temporaryFolder(), temporaryFolder()];
  await run([folderOf(files), same, ...small]);
  await run([folderOf(files), other, ...small, '--seed', '1']);
  for (const [name, bytes] of Object.entries(texturesOf(same))) expect(texturesOf(whole)[name]).toBe(bytes);
  for (const [name, bytes] of Object.entries(texturesOf(other))) expect(texturesOf(whole)[name]).not.toBe(bytes);
});

test.each(['jpeg', 'webp'])('textures are %s on request', async (format) => {
  const out = temporaryFolder();
  await run([folderOf({ 'a.png': await picture(1).png().toBuffer() }), out, ...small, '--format', format]);
  expect(await sharp(join(out, `a.png.${format}`)).metadata()).toMatchObject({ format, width: 32, height: 32 });
});

function imageFiles() {
  return Object.keys(contents(images)).map((name) => [name, readFileSync(join(images, name))] as const);
}
