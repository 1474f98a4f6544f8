// Draws a contact sheet of the corruptions of an emoji, one row per kind, one column per severity:
//   node --import tsx examples/corruptions/corruptions.ts [--image photo.jpg] [--out docs/corruptions.png]
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs';
import sharp, { type OverlayOptions } from 'sharp';
import { corrupt, corruptionKinds, corruptionSeverities } from 'tfjs-nonsemantic-negatives/evaluation';
import { chooseBackend } from 'tfjs-nonsemantic-negatives/node';
import { readCommandLine, usageOf } from '../support/commandLine';

const side = 64;
const shown = 96;
const gap = 6;
const label = 180;

const emoji = createRequire(import.meta.url).resolve('openmoji/color/svg/1F98A.svg');
const { values } = readCommandLine(usageOf(import.meta.url), {
  image: { type: 'string', default: emoji },
  out: { type: 'string', default: 'docs/corruptions.png' },
});
console.log((await chooseBackend()).description);

const pixels = await sharp(await readFile(values.image), { density: 300 })
  .resize(side, side)
  .flatten({ background: '#7f9f8f' })
  .raw()
  .toBuffer();
const image = tf.div(tf.tensor3d(pixels, [side, side, 3], 'float32'), 255) as tf.Tensor3D;

const tiles: OverlayOptions[] = [];
const place = (column: number, row: number) => ({
  left: label + column * (shown + gap),
  top: 30 + row * (shown + gap),
});
const text = (words: string, left: number, top: number) =>
  tiles.push({ input: { text: { text: words, font: 'sans', dpi: 110, rgba: true } }, left, top });

for (const severity of corruptionSeverities) text(`${severity}`, place(severity, 0).left + shown / 2 - 4, 6);
for (const [row, kind] of corruptionKinds.entries()) {
  text(kind.replaceAll('_', ' '), 8, place(0, row).top + shown / 2 - 8);
  await addTile(image, 0, row);
  for (const severity of corruptionSeverities) {
    const corrupted = corrupt(image, { kind, severity }) as tf.Tensor3D;
    await addTile(corrupted, severity, row);
    corrupted.dispose();
  }
}

async function addTile(picture: tf.Tensor3D, column: number, row: number): Promise<void> {
  const bytes = tf.tidy(() => tf.cast(tf.round(tf.mul(tf.clipByValue(picture, 0, 1), 255)), 'int32'));
  const raw = { width: side, height: side, channels: 3 as const };
  const tile = sharp(Uint8Array.from(await bytes.data()), { raw }).resize(shown, shown, { kernel: 'nearest' });
  tiles.push({ input: await tile.png().toBuffer(), ...place(column, row) });
  bytes.dispose();
}

const { left: width, top: height } = place(6, corruptionKinds.length);
await sharp({ create: { width, height, channels: 3, background: 'white' } })
  .composite(tiles)
  .png({ palette: true, quality: 90, compressionLevel: 9 })
  .toFile(values.out);
console.log(`Wrote ${values.out}.`);
