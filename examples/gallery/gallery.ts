// npm run gallery -- [DIR] [--size 224] [--count 12] [--seed 0] [--out gallery.html] [--backend wasm]
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import { type BackendName, chooseBackend } from 'tfjs-nonsemantic-negatives/node';
import { readCommandLine, usageOf } from '../support/commandLine';
import { galleryPage } from './page';
import { emojiPictures, folderPictures } from './pictures';
import { makeTiles } from './tiles';

const { values: options, positionals } = readCommandLine(
  usageOf(import.meta.url),
  {
    size: { type: 'string', default: '224' },
    count: { type: 'string', default: '12' },
    seed: { type: 'string', default: '0' },
    out: { type: 'string', default: 'runs/gallery/index.html' },
    backend: { type: 'string' },
  },
  true,
);
const side = Number(options.size);

console.log((await chooseBackend(options.backend as BackendName | undefined)).description);
const [dir] = positionals;
const { images, names } = dir ? await folderPictures(dir, side, Number(options.count)) : await emojiPictures(side);
const tiles = makeTiles(images, Number(options.seed));
const columns = await Promise.all(tiles.map(toDataUris));
tf.dispose([images, tiles]);

const rows = names.map((name, i) => ({ name, tiles: columns.map((column) => column[i]) }));
mkdirSync(dirname(options.out), { recursive: true });
writeFileSync(options.out, galleryPage(rows, side));
console.log(`${names.length} images: ${options.out}`);

async function toDataUris(batch: tf.Tensor4D): Promise<string[]> {
  const [count, height, width] = batch.shape;
  const bytes = Uint8Array.from(await batch.data());
  const length = bytes.length / count;
  const pictures = Array.from({ length: count }, (_, i) => bytes.subarray(i * length, (i + 1) * length));
  return Promise.all(
    pictures.map(async (picture) => {
      const image = sharp(picture, { raw: { width, height, channels: 3 } }).webp({ quality: 90 });
      return `data:image/webp;base64,${(await image.toBuffer()).toString('base64')}`;
    }),
  );
}
