// Draws docs/strip.png, the strip of pictures atop the README: image, two views, patches, texture.
//   npx tsx tools/strip.ts
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import { mocoV2Augmentation, patchNegative, randomStream, textureNegative } from 'tfjs-nonsemantic-negatives';

const width = 838;
const height = 220;
const side = 158;
/** Pixels of the pictures that the transforms see; the paper's 224 would do as well. */
const pixels = 224;
const emoji = '1f42f.webp';

const require = createRequire(import.meta.url);
const assets = join(dirname(require.resolve('@lobehub/fluent-emoji-3d/package.json')), 'assets');

async function readImage(): Promise<tf.Tensor4D> {
  const { data } = await sharp(join(assets, emoji))
    .resize(pixels, pixels)
    .flatten({ background: '#ffffff' })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return tf.div<tf.Tensor4D>(tf.tensor4d(new Uint8Array(data), [1, pixels, pixels, 3], 'int32'), 255);
}

/** One image in 0 … 1 as a PNG. */
async function toPng(image: tf.Tensor4D): Promise<Buffer> {
  const bytes = await tf.cast(tf.round(tf.mul(tf.clipByValue(image, 0, 1), 255)), 'int32').data();
  const raw = { width: pixels, height: pixels, channels: 3 } as const;
  return sharp(Uint8Array.from(bytes), { raw }).resize(side, side).png().toBuffer();
}

await tf.setBackend('cpu');
const image = await readImage();
const augmentation = mocoV2Augmentation({ mean: [0, 0, 0], standardDeviation: [1, 1, 1] });
const patches = patchNegative();
const texture = textureNegative();
const view = (name: string) => augmentation.apply(image, augmentation.sample(image.shape, randomStream(3, name)));
const tiles = {
  image,
  'query: a view': view('query'),
  'key: another view': view('key'),
  'negative: its patches': patches.apply(image, patches.sample(image.shape, randomStream(1))),
  'negative: its texture': texture.apply(image, texture.sample(image.shape, randomStream(1))),
};

const gap = (width - 5 * side) / 4;
const left = (i: number) => Math.round(i * (side + gap));
const caption = (text: string, i: number) =>
  `<text x="${left(i) + side / 2}" y="${side + 32}" text-anchor="middle">${text}</text>`;
// Mid-gray, which reads on a white page and on a dark one.
const captions = `<svg width="${width}" height="${height}" font-family="sans-serif" font-size="14" fill="#808080">
  ${Object.keys(tiles).map(caption).join('')}</svg>`;
const pictures = await Promise.all(Object.values(tiles).map((tile) => toPng(tile as tf.Tensor4D)));
await sharp({ create: { width, height, channels: 4, background: '#ffffff00' } })
  .composite([
    ...pictures.map((input, i) => ({ input, left: left(i), top: 8 })),
    { input: Buffer.from(captions), left: 0, top: 0 },
  ])
  .png({ palette: true, quality: 90 })
  .toFile('docs/strip.png');
