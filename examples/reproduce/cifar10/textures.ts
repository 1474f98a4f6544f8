import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import { type ImageSource, randomStream, textureNegative } from 'tfjs-nonsemantic-negatives';
import type { ImageSet } from '../../evaluate/imageSet';
import { writeWhole } from '../../support/files';

const bytes = 32 * 32 * 3;

/**
 * The images with one texture each in place of the label, made once as in the paper, and kept in a file: at 4 ms a
 * texture, making them anew at every step would take three times as long as the training itself.
 */
export async function withTextures(images: ImageSet, path: string): Promise<ImageSource> {
  const textures = await readFile(path).catch(() => makeTextures(images, path));
  return {
    size: images.size,
    async get(index) {
      const element = (await images.get(index)) as { xs: tf.Tensor3D; ys: tf.Tensor };
      element.ys.dispose();
      const texture = textures.subarray(index * bytes, (index + 1) * bytes);
      return { xs: element.xs, ys: tf.tensor3d(Int32Array.from(texture), [32, 32, 3], 'int32') };
    },
  };
}

async function makeTextures(images: ImageSet, path: string): Promise<Uint8Array> {
  console.log(`Making ${images.size.toLocaleString('en')} textures, once …`);
  const { sample, apply } = textureNegative();
  const textures = new Uint8Array(images.size * bytes);
  let done = 0;
  for await (const { xs, ys } of images.eachBatch(images.classes, 125)) {
    const [count, ...shape] = xs.shape;
    const params = Array.from({ length: count }, (_, i) => sample(shape, randomStream('texture', done + i)));
    const made = tf.tidy(() => tf.cast(tf.round(tf.mul(apply(xs, params), 255)), 'int32'));
    textures.set(await made.data(), done * bytes);
    tf.dispose([xs, ys, made]);
    done += count;
  }
  await writeWhole(path, textures);
  return textures;
}
