import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { cueConflicts } from 'tfjs-nonsemantic-negatives/evaluation';
import { makeData } from './data';

/** Writes what is trained on and measured as .npy files of bytes, for the check in PyTorch. */
export async function exportPictures(dir: string): Promise<void> {
  const { split, test } = await makeData();
  const { cues } = test;
  await mkdir(dir, { recursive: true });
  const conflicts = cueConflicts(cues, cues.pairs);
  const { images, silhouettes, edges, textures, patches } = cues;
  for (const [name, tensor] of Object.entries({ images, silhouettes, edges, textures, patches, conflicts })) {
    const bytes = await tf.tidy(() => tf.cast(tf.round(tf.mul(tensor!, 255)), 'int32')).data();
    await writeNpy(join(dir, `${name}.npy`), Uint8Array.from(bytes), tensor!.shape);
  }
  for (const [name, { pixels, size, side }] of Object.entries({ train: split.train, heldOut: split.heldOut }))
    await writeNpy(join(dir, `${name}.npy`), pixels, [size, side, side, 3]);
  await writeNpy(join(dir, 'pairs.npy'), Int32Array.from(cues.pairs.flat()), [cues.pairs.length, 2]);
  console.log(`Wrote ${dir}.`);
}

/** NumPy's format, version 1.0: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
async function writeNpy(path: string, values: Uint8Array | Int32Array, shape: readonly number[]): Promise<void> {
  const type = values instanceof Uint8Array ? '|u1' : '<i4';
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`;
  const header = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length % 256, header.length >> 8]);
  await writeFile(
    path,
    Buffer.concat([start, Buffer.from(header), Buffer.from(values.buffer, values.byteOffset, values.byteLength)]),
  );
}
