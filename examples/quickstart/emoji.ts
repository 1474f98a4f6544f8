import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import { fluentEmoji } from '../support/fluentEmoji';
import type { Objects } from './objects';
import { Pictures } from './pictures';

const require = createRequire(import.meta.url);
const openmoji = dirname(require.resolve('openmoji/package.json'));

/** One concept, such as "red apple", and where each rendering of it lies. */
interface Concept {
  name: string;
  group: string;
  files: { [rendering: string]: string };
}

export const renderings = ['Fluent 3D', 'OpenMoji color', 'OpenMoji line art'] as const;

/**
 * The emoji that both sets draw, in three renderings of the same order, on white: 3D to train on, color and black line
 * art as domains that the encoder never sees. Labels are the emoji groups. Country flags are left out, as OpenMoji's
 * line art shows them as mere outlines.
 */
export async function emojiPictures(
  side: number,
): Promise<{ pictures: Pictures[]; groups: string[]; objects: Objects }> {
  const concepts = listConcepts();
  const groups = [...new Set(concepts.map(({ group }) => group))];
  const labels = concepts.map(({ group }) => groups.indexOf(group));
  const captions = concepts.map(({ name }) => name);
  const pictures: Pictures[] = [];
  for (const rendering of renderings) {
    const pixels = await rasterize(rendering, concepts, side);
    pictures.push(new Pictures(rendering, side, pixels, labels, captions));
  }
  return {
    pictures,
    groups,
    objects: (places) =>
      drawObjects(
        places.map((place) => concepts[place]),
        side,
      ),
  };
}

/** The 3D emoji with their alpha, three times as large: at 32 pixels too little is left of a texture. */
async function drawObjects(concepts: readonly Concept[], side: number) {
  const downscale = 3;
  const large = downscale * side;
  const drawn = await Promise.all(
    concepts.map(({ files }) =>
      sharp(files['Fluent 3D'])
        .resize(large, large, { fit: 'contain', background: '#ffffff00' })
        .toColourspace('srgb')
        .ensureAlpha()
        .raw()
        .toBuffer(),
    ),
  );
  const bytes = Int32Array.from(Buffer.concat(drawn));
  return { xs: tf.tensor4d(bytes, [concepts.length, large, large, 4], 'int32'), args: { downscale } };
}

function listConcepts(): Concept[] {
  const key = (code: string) => code.toLowerCase().replaceAll('-fe0f', '');
  const fluentFiles = new Map(
    readdirSync(fluentEmoji).map((file) => [key(file.replace('.webp', '')), join(fluentEmoji, file)]),
  );
  const listed: { hexcode: string; annotation: string; group: string; skintone: string }[] = JSON.parse(
    readFileSync(join(openmoji, 'data/openmoji.json'), 'utf8'),
  );
  return listed
    .filter(({ hexcode, group, skintone }) => !skintone && group !== 'flags' && fluentFiles.has(key(hexcode)))
    .map(({ hexcode, annotation, group }) => ({
      name: annotation,
      group,
      files: {
        'Fluent 3D': fluentFiles.get(key(hexcode)) as string,
        'OpenMoji color': join(openmoji, 'color/svg', `${hexcode}.svg`),
        'OpenMoji line art': join(openmoji, 'black/svg', `${hexcode}.svg`),
      },
    }));
}

/** Draws every concept at `side` pixels; the result is kept in `.cache`, written to a temporary file and renamed. */
async function rasterize(rendering: string, concepts: Concept[], side: number): Promise<Uint8Array> {
  const cache = join('.cache', 'emoji', `${rendering.toLowerCase().replaceAll(' ', '-')}-${side}.rgb`);
  const length = side * side * 3;
  if (existsSync(cache)) {
    const pixels = readFileSync(cache);
    if (pixels.length === concepts.length * length) return pixels;
  }
  const pixels = new Uint8Array(concepts.length * length);
  await Promise.all(
    concepts.map(async ({ files }, i) => {
      const picture = sharp(files[rendering])
        .resize(side, side, { fit: 'contain', background: '#ffffff00' })
        .flatten({ background: 'white' })
        .toColorspace('srgb')
        .removeAlpha();
      pixels.set(await picture.raw().toBuffer(), i * length);
    }),
  );
  mkdirSync(dirname(cache), { recursive: true });
  writeFileSync(`${cache}.part`, pixels);
  renameSync(`${cache}.part`, cache);
  return pixels;
}
