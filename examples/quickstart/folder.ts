import { imageFolder } from 'tfjs-nonsemantic-negatives/node';
import type { Objects } from './objects';
import { Pictures } from './pictures';

/**
 * Reads the pictures of a folder, small and square, into memory; it skips and reports unreadable files. Without masks,
 * the middle of a picture counts as the object.
 */
export async function folderPictures(
  dir: string,
  side: number,
): Promise<{ pictures: Pictures[]; groups: string[]; objects: Objects }> {
  const folder = await imageFolder(dir, { size: side, onError: 'skip' });
  const pixels: Uint8Array[] = [];
  const labels: number[] = [];
  const captions: string[] = [];
  for (let start = 0; start < folder.size; start += 64) {
    const indices = Array.from({ length: Math.min(64, folder.size - start) }, (_, i) => start + i);
    const images = await Promise.all(indices.map((index) => folder.get(index)));
    for (const [i, image] of images.entries()) {
      if (!image) continue;
      pixels.push(Uint8Array.from(image.xs.dataSync()));
      image.xs.dispose();
      image.ys.dispose();
      labels.push(folder.labels[indices[i]]);
      captions.push(folder.paths[indices[i]]);
    }
  }
  for (const { path, reason } of folder.skipped) console.log(`skipped ${path}: ${reason}`);
  const bytes = new Uint8Array(pixels.length * side * side * 3);
  for (const [i, picture] of pixels.entries()) bytes.set(picture, i * side * side * 3);
  const pictures = new Pictures(dir, side, bytes, labels, captions);
  return {
    pictures: [pictures],
    groups: [...folder.classNames],
    objects: async (places) => ({ xs: pictures.pick(places).toTensors().xs, args: { mask: 'box' } }),
  };
}
