import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import sharp, { type Sharp } from 'sharp';
import { randomStream, uniformInteger } from '../../src/support/random';

/** One picture to make textures of. */
export interface Sample {
  name: string;
  /** `[96, 96, 3]` each, values in 0 … 1. */
  exemplars: tf.Tensor3D[];
  /** Texture made by Embark's synthesizer, if the folder holds one. */
  reference?: tf.Tensor3D;
}

export const SIZE = 224;
export const EXEMPLAR = 96;

/**
 * Reads a folder of `NAME_ex1.png`, `NAME_ex2.png` and perhaps `NAME_texture.png`, or of photos: these are shrunk and
 * cropped to 224 x 224, then cut into an exemplar at the center and one at a random place.
 */
export async function readSamples(folder: string): Promise<Sample[]> {
  const files = readdirSync(folder).sort();
  const prepared = files.filter((file) => file.endsWith('_ex1.png')).map((file) => file.slice(0, -'_ex1.png'.length));
  if (prepared.length > 0) {
    return Promise.all(
      prepared.map(async (name) => {
        const path = (part: string) => join(folder, `${name}_${part}.png`);
        const reference = existsSync(path('texture')) ? await readImage(path('texture')) : undefined;
        return { name, exemplars: [await readImage(path('ex1')), await readImage(path('ex2'))], reference };
      }),
    );
  }
  const photos = files.filter((file) => /\.(jpe?g|png|webp)$/i.test(file));
  return Promise.all(
    photos.map(async (name) => {
      const photo = await toTensor(sharp(join(folder, name)).resize(SIZE, SIZE, { fit: 'cover' }));
      const random = randomStream('bench', name);
      const center = (SIZE - EXEMPLAR) / 2;
      const corners = [
        [center, center],
        [uniformInteger(random, 0, SIZE - EXEMPLAR), uniformInteger(random, 0, SIZE - EXEMPLAR)],
      ];
      const exemplars = corners.map(([top, left]) => tf.slice(photo, [top, left, 0], [EXEMPLAR, EXEMPLAR, 3]));
      photo.dispose();
      return { name: name.replace(/\.\w+$/, ''), exemplars };
    }),
  );
}

export function readImage(path: string): Promise<tf.Tensor3D> {
  return toTensor(sharp(path));
}

async function toTensor(image: Sharp): Promise<tf.Tensor3D> {
  const { data, info } = await image
    .flatten({ background: 'white' })
    .toColorspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return tf.tensor3d(
    Float32Array.from(data, (value) => value / 255),
    [info.height, info.width, info.channels],
  );
}

/** An image of values in 0 … 1 as sharp's raw input. */
export function toSharp(image: tf.Tensor3D): Sharp {
  const [height, width] = image.shape;
  const bytes = Uint8Array.from(image.dataSync(), (value) => Math.round(255 * Math.min(1, Math.max(0, value))));
  return sharp(bytes, { raw: { width, height, channels: 3 } });
}
