import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import { randomStream, textureNegative } from 'tfjs-nonsemantic-negatives';
import type { ImageSet } from '../../evaluate/imageSet';

const shown = 6;

/** Writes one picture: a row a class, with some of its test images above their textures. */
export async function writeClassPicture(path: string, test: ImageSet, classes: readonly string[]): Promise<void> {
  const { sample, apply } = textureNegative();
  const rows: tf.Tensor3D[] = [];
  for (const name of classes) {
    for await (const { xs, ys } of test.ofClasses([name]).perClass(shown).eachBatch([name])) {
      const [count, ...shape] = xs.shape;
      const params = Array.from({ length: count }, (_, i) => sample(shape, randomStream('picture', name, i)));
      rows.push(tf.tidy(() => tf.concat([sideBySide(xs), sideBySide(apply(xs, params) as tf.Tensor4D)], 0)));
      tf.dispose([xs, ys]);
    }
  }
  const picture = tf.tidy(() => tf.cast(tf.round(tf.mul(tf.concat(rows, 0), 255)), 'int32'));
  const [height, width, channels] = picture.shape;
  await mkdir(dirname(path), { recursive: true });
  await sharp(Uint8Array.from(await picture.data()), { raw: { width, height, channels: channels as 3 } })
    .resize(4 * width, 4 * height, { kernel: 'nearest' })
    .toFile(path);
  tf.dispose([rows, picture]);
}

/** `[N, H, W, C]` to `[H, N W, C]`. */
function sideBySide(images: tf.Tensor4D): tf.Tensor3D {
  return tf.concat(tf.unstack(images) as tf.Tensor3D[], 1);
}
