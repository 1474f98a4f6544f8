import type * as tf from '@tensorflow/tfjs-core';
import sharp, { type OverlayOptions } from 'sharp';
import { EXEMPLAR, SIZE, toSharp } from './samples';

const GAP = 8;

/** One row a sample: its exemplars above one another, then textures side by side. */
export async function contactSheet(
  path: string,
  rows: readonly { exemplars: readonly tf.Tensor3D[]; textures: readonly tf.Tensor3D[] }[],
): Promise<void> {
  const columns = Math.max(...rows.map(({ textures }) => textures.length));
  const tiles: OverlayOptions[] = [];
  for (const [row, { exemplars, textures }] of rows.entries()) {
    const top = GAP + row * (SIZE + GAP);
    for (const [i, image] of exemplars.entries())
      tiles.push({ input: await toSharp(image).png().toBuffer(), left: GAP, top: top + i * (EXEMPLAR + GAP) });
    for (const [i, image] of textures.entries())
      tiles.push({ input: await toSharp(image).png().toBuffer(), left: 2 * GAP + EXEMPLAR + i * (SIZE + GAP), top });
  }
  const width = 2 * GAP + EXEMPLAR + columns * (SIZE + GAP);
  const height = GAP + rows.length * (SIZE + GAP);
  await sharp({ create: { width, height, channels: 3, background: 'white' } })
    .composite(tiles)
    .jpeg({ quality: 90 })
    .toFile(path);
}
