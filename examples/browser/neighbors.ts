import * as tf from '@tensorflow/tfjs';
import type { Learner } from './learner';

/** Unit rows in the page's own memory, so that a search needs no device. */
export interface Features {
  values: Float32Array;
  width: number;
}

/** Embeds all pictures, some at a time. */
export async function embedAll(learner: Learner, images: tf.Tensor4D): Promise<Features> {
  const parts: Float32Array[] = [];
  for (let start = 0; start < images.shape[0]; start += 64) {
    const rows = tf.tidy(() => {
      const size = Math.min(64, images.shape[0] - start);
      return learner.embed(tf.slice(images, [start, 0, 0, 0], [size, -1, -1, -1]));
    });
    parts.push((await rows.data()) as Float32Array);
    rows.dispose();
    await tf.nextFrame();
  }
  const values = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    values.set(part, offset);
    offset += part.length;
  }
  return { values, width: values.length / images.shape[0] };
}

/** Finds the other pictures most similar to one, by cosine, nearest first. */
export function findNearest({ values, width }: Features, picture: number, count: number) {
  const query = values.subarray(picture * width, (picture + 1) * width);
  return Array.from({ length: values.length / width }, (_, index) => {
    const row = values.subarray(index * width, (index + 1) * width);
    return { index, similarity: row.reduce((sum, value, i) => sum + value * query[i], 0) };
  })
    .filter(({ index }) => index !== picture)
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, count);
}
