import { basename, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { type ImageFolder, imageFolder } from 'tfjs-nonsemantic-negatives/node';
import { fluentEmoji } from '../support/fluentEmoji';

/** Pictures of one size, and what they are called. */
export interface Pictures {
  /** int32 [N, S, S, 3] in 0 … 255. */
  images: tf.Tensor4D;
  names: string[];
}

/** At most `count` readable images of a folder, spread over it evenly, cut to squares. */
export async function folderPictures(dir: string, side: number, count: number): Promise<Pictures> {
  const folder = await imageFolder(dir, { size: side, onError: 'skip' });
  const chosen = Math.min(count, folder.size);
  return read(
    folder,
    Array.from({ length: chosen }, (_, i) => Math.floor((i * folder.size) / chosen)),
  );
}

// Things with surfaces of their own: fur, feathers, petals, fruit, a town.
const emoji: Record<string, string> = {
  '1f33a': 'hibiscus',
  '1f34d': 'pineapple',
  '1f355': 'pizza',
  '1f3d9-fe0f': 'town',
  '1f41e': 'ladybird',
  '1f422': 'turtle',
  '1f981': 'lion',
  '1f99a': 'peacock',
};

/** A few of Microsoft's Fluent emoji. */
export async function emojiPictures(side: number): Promise<Pictures> {
  const folder = await imageFolder(fluentEmoji, { size: side });
  const files = Object.keys(emoji).map((code) => join(fluentEmoji, `${code}.webp`));
  const { images } = await read(
    folder,
    files.map((file) => folder.paths.indexOf(file)),
  );
  return { images, names: Object.values(emoji) };
}

async function read(folder: ImageFolder, indices: readonly number[]): Promise<Pictures> {
  const tensors: tf.Tensor3D[] = [];
  const names: string[] = [];
  for (const index of indices) {
    const element = await folder.get(index);
    if (!element) continue;
    tensors.push(element.xs);
    names.push(basename(folder.paths[index]));
    element.ys.dispose();
  }
  const images = tf.stack(tensors) as tf.Tensor4D;
  tf.dispose(tensors);
  return { images, names };
}
