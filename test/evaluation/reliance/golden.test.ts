import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { cueConflicts, cueImages } from 'tfjs-nonsemantic-negatives/evaluation';

const fluent = join(dirname(createRequire(__filename).resolve('@lobehub/fluent-emoji-3d/package.json')), 'assets');
const golden = join(__dirname, '../../fixtures/reliance.png');
const [side, downscale, size] = [64, 2, 32];
/** Lion, grapes, rocket. */
const codes = ['1f981', '1f347', '1f680'];
const columns = ['image', 'silhouette', 'edges', 'texture', 'patches', 'conflict'];

/** One row a picture, one column a version, of bytes. */
async function sheet(): Promise<Uint8Array> {
  const files = readdirSync(fluent);
  const pixels = await Promise.all(
    codes.map((code) =>
      sharp(join(fluent, files.find((file) => file.startsWith(code)) as string))
        .resize(side, side)
        .ensureAlpha()
        .raw()
        .toBuffer(),
    ),
  );
  const bytes = Int32Array.from(Buffer.concat(pixels));
  const cues = await cueImages(tf.tensor4d(bytes, [codes.length, side, side, 4], 'int32'), { downscale, seed: 1 });
  const conflicts = cueConflicts(
    cues,
    codes.map((_, i) => [i, (i + 1) % codes.length]),
  );
  const { images, silhouettes, edges, textures, patches } = cues;
  const versions = [images, silhouettes!, edges!, textures!, patches!, conflicts];
  return Uint8Array.from(tf.concat(versions, 2).dataSync(), (value) => Math.round(255 * value));
}

test('versions of emoji equal the approved picture', async () => {
  const made = await sheet();
  const [width, height] = [columns.length * size, codes.length * size];
  if (process.env.UPDATE_GOLDEN)
    await sharp(made, { raw: { width, height, channels: 3 } })
      .png()
      .toFile(golden);
  expect(existsSync(golden)).toBe(true);
  const { data, info } = await sharp(golden).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height, made.length]).toEqual([width, height, data.length]);
  for (const [column, name] of columns.entries()) {
    let near = 0;
    for (let y = 0; y < height; y++) {
      for (let x = column * size; x < (column + 1) * size; x++) {
        const place = 3 * (y * width + x);
        if ([0, 1, 2].every((c) => Math.abs(made[place + c] - data[place + c]) <= 2)) near++;
      }
    }
    // Backends round differently, so that a texture may choose another of two equally good pixels.
    const share = ['texture', 'conflict'].includes(name) ? 0.9 : 1;
    expect([name, near / (height * size) >= share]).toEqual([name, true]);
  }
});
