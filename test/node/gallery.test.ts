import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import sharp from 'sharp';
import { captions, makeTiles } from '../../examples/gallery/tiles';

const fixtures = join(__dirname, '../fixtures/gallery');
const side = 32;
const seed = 20;

beforeAll(() => tf.setBackend('cpu'));

/** A golden picture: all that the gallery shows of one image, side by side; the first is the image itself. */
const golden = (name: string) => join(fixtures, `${name}.png`);

async function readImage(name: string): Promise<Buffer> {
  if (!process.env.UPDATE_GOLDEN)
    return sharp(golden(name)).extract({ left: 0, top: 0, width: side, height: side }).raw().toBuffer();
  const assets = dirname(createRequire(__filename).resolve('@lobehub/fluent-emoji-3d/package.json'));
  return sharp(readFileSync(join(assets, 'assets', `${name}.webp`)))
    .resize(side, side)
    .flatten({ background: 'white' })
    .raw()
    .toBuffer();
}

// UPDATE_GOLDEN=1 writes them anew: look at them before you commit them.
test.each(['1f981', '1f33a'])('views, patches and textures of emoji %s equal the approved pictures', async (name) => {
  const images = tf.tensor4d(new Int32Array(await readImage(name)), [1, side, side, 3], 'int32');
  const tiles = makeTiles(images, seed);
  expect(tiles).toHaveLength(captions.length);
  const strip = tf.tidy(() => tf.concat(tiles, 2));
  const pixels = Uint8Array.from(await strip.data());
  const size = { width: side * captions.length, height: side };
  tf.dispose([images, strip, tiles]);

  if (process.env.UPDATE_GOLDEN) {
    mkdirSync(fixtures, { recursive: true });
    await sharp(pixels, { raw: { ...size, channels: 3 } })
      .png({ compressionLevel: 9 })
      .toFile(golden(name));
  }
  const { data, info } = await sharp(golden(name)).raw().toBuffer({ resolveWithObject: true });
  expect(info).toMatchObject({ ...size, channels: 3 });
  const worst = data.reduce((max, value, i) => Math.max(max, Math.abs(value - pixels[i])), 0);
  expect(worst).toBeLessThanOrEqual(1); // a half may be rounded either way
});
