import * as tf from '@tensorflow/tfjs-core';
import { imageFolder } from 'tfjs-nonsemantic-negatives/node';
import { damagedImages, goodImages } from '../../robustness/imageCorpus';
import { folderOf } from '../support/temporaryFolder';

/** Reads every image of a folder once; how many were read, and which were reported. */
async function readAll(dir: string) {
  const images = await imageFolder(dir, { size: 8, onError: 'skip', cacheBytes: 0 });
  let read = 0;
  for (let i = 0; i < images.size; i++) {
    const image = await images.get(i);
    if (!image) continue;
    expect(image.xs.shape).toEqual([8, 8, 3]);
    tf.dispose([image.xs, image.ys]);
    read++;
  }
  return { read, skipped: images.skipped, size: images.size };
}

test('reads every form of a good image', async () => {
  const files = await goodImages();
  const { read, skipped } = await readAll(folderOf(files));
  expect(skipped).toEqual([]);
  expect(read).toBe(Object.keys(files).length);
});

test('a damaged image is read or reported with its path, in bounded memory and without a leak', async () => {
  const files = await damagedImages(process.env.LONG ? 30 : 3);
  const dir = folderOf(files);
  const before = { tensors: tf.memory().numTensors, rss: process.memoryUsage().rss };
  const { read, skipped, size } = await readAll(dir);
  expect(size).toBe(Object.keys(files).length);
  expect(read + skipped.length).toBe(size);
  for (const { path, reason } of skipped) expect([path.startsWith(dir), reason.length > 0]).toEqual([true, true]);
  expect(skipped.map(({ path }) => path.slice(dir.length + 1))).toEqual(
    expect.arrayContaining(['bomb.png', 'wide.png', 'empty.jpg', 'text.jpg', 'drawing.png']),
  );
  expect(read).toBeGreaterThan(Object.keys(files).length / 4);
  expect(tf.memory().numTensors).toBe(before.tensors);
  expect(process.memoryUsage().rss - before.rss).toBeLessThan(400e6);
  if (process.env.LONG) console.log(`${size} damaged files: ${read} read, ${skipped.length} reported`);
}, 900_000);
