// node --import tsx examples/gallery/textureStages.ts: the pictures of docs/how-textures-are-made.md, from emoji
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import { randomStream, textureNegative } from 'tfjs-nonsemantic-negatives';
import { chooseBackend } from 'tfjs-nonsemantic-negatives/node';
import { planTexture } from '../../src/texture/plan';
import { synthesize } from '../../src/texture/synthesis';
import { lookUp, type Sources, toTable } from '../../src/texture/table';
import { emojiPictures } from './pictures';

const side = 224;
const tile = 160;
const out = join(import.meta.dirname, '../../docs/how-textures-are-made');
/** Hibiscus, pineapple and turtle among the gallery's emoji. */
const shown = [0, 1, 5];

await chooseBackend();
mkdirSync(out, { recursive: true });
const { images } = await emojiPictures(side);
const chosen = tf.tidy(() => tf.div(tf.stack(shown.map((i) => tf.unstack(images)[i])), 255)) as tf.Tensor4D;
const params = textureNegative().sample([shown.length, side, side, 3], randomStream('textures'));
const exemplars = cutExemplars();
const [count, perImage, size] = exemplars.shape;
const plan = planTexture({ exemplars: perImage, exemplarSize: size, channels: 3, size: [side, side], quality: 'high' });
const streams = params.map(({ seed }) => randomStream(seed, 'texture'));

await save('0-images', [...tf.unstack(chosen), ...exemplarTiles()]);

const stages: { name: string; tiles: tf.Tensor[] }[] = [];
const texture = synthesize(exemplars, streams, plan, (stage, sources, level) => {
  const tiles = [...tf.unstack(colors(sources, level)), ...tf.unstack(origins(sources, level))];
  const kept = tiles.map((x) => tf.keep(tf.clone(x)));
  const last = stages.at(-1);
  const name = stage === 'patch pass' ? 'patch passes' : `${stage} at level ${level}`;
  // Only the last patch pass is shown.
  if (last?.name === name) last.tiles = kept;
  else stages.push({ name, tiles: kept });
});
for (const [i, { name, tiles }] of stages.entries()) await save(`${i + 1}-${name.replaceAll(' ', '-')}`, tiles);
await save(`${stages.length + 1}-rendering`, [...tf.unstack(texture), ...tf.unstack(chosen)]);

function cutExemplars(): tf.Tensor5D {
  const cut = ({ exemplarSize, offsets }: (typeof params)[number], n: number) =>
    tf.stack(
      offsets.map(([top, left]) =>
        tf.reshape(tf.slice(chosen, [n, top, left, 0], [1, exemplarSize, exemplarSize, 3]), [
          exemplarSize,
          exemplarSize,
          3,
        ]),
      ),
    );
  return tf.tidy(() => tf.stack(params.map(cut)) as tf.Tensor5D);
}

/** The two exemplars of each image, side by side. */
function exemplarTiles(): tf.Tensor[] {
  return tf.unstack(exemplars).map((pair) => {
    const [first, second] = tf.unstack(pair) as tf.Tensor3D[];
    const row = tf.concat([first, tf.ones([size, 4, 3]), second], 1) as tf.Tensor3D;
    const margin = Math.floor((row.shape[1] - size) / 2);
    return tf.pad(
      row,
      [
        [margin, row.shape[1] - size - margin],
        [0, 0],
        [0, 0],
      ],
      1,
    );
  });
}

/** What the sources show. */
function colors(sources: Sources, level: number): tf.Tensor4D {
  let pixels: tf.Tensor4D = tf.reshape(exemplars, [count * perImage, size, size, 3]);
  for (let i = 0; i < level; i++) pixels = tf.avgPool(pixels, 2, 2, 'valid');
  return cropToSize(lookUp(toTable(pixels, 0), sources) as tf.Tensor4D, level);
}

/**
 * Shows where the sources lie: the exemplar as blue, the position in it as red and green. Coherent areas look smooth.
 */
function origins(sources: Sources, level: number): tf.Tensor4D {
  const sides = plan.exemplarSizes[level];
  const ramp = tf.linspace(0.1, 0.95, sides);
  const down = tf.tile(tf.reshape(ramp, [1, sides, 1, 1]), [count * perImage, 1, sides, 1]);
  const across = tf.tile(tf.reshape(ramp, [1, 1, sides, 1]), [count * perImage, sides, 1, 1]);
  const exemplar = tf.tile(tf.reshape(tf.linspace(0.15, 0.9, perImage), [1, perImage, 1, 1, 1]), [
    count,
    1,
    sides,
    sides,
    1,
  ]);
  const map = tf.concat([down, across, tf.reshape(exemplar, [count * perImage, sides, sides, 1])], 3) as tf.Tensor4D;
  return cropToSize(lookUp(toTable(map, 0), sources) as tf.Tensor4D, level);
}

function cropToSize(x: tf.Tensor4D, level: number): tf.Tensor4D {
  const cut = Math.ceil(side / 2 ** level);
  return tf.slice(x, [0, 0, 0, 0], [-1, Math.min(cut, x.shape[1]), Math.min(cut, x.shape[2]), -1]);
}

/** Writes tiles side by side, enlarged without smoothing. */
async function save(name: string, tiles: readonly tf.Tensor[]): Promise<void> {
  const gap = 8;
  const pictures = await Promise.all(
    tiles.map(async (x, i) => {
      const [height, width] = x.shape;
      const data = Uint8Array.from(await tf.mul(tf.clipByValue(x, 0, 1), 255).data());
      const input = await sharp(data, { raw: { width, height, channels: 3 } })
        .resize(tile, tile, { kernel: width < tile ? 'nearest' : 'lanczos3', fit: 'fill' })
        .png()
        .toBuffer();
      return { input, left: i * (tile + gap), top: 0 };
    }),
  );
  const width = tiles.length * (tile + gap) - gap;
  await sharp({ create: { width, height: tile, channels: 3, background: 'white' } })
    .composite(pictures)
    .png({ palette: true, colors: 200 })
    .toFile(join(out, `${name}.png`));
  console.log(name);
}
