import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

/** Writes 24 pictures of a disc in each of four class folders. */
export async function makePictures(dir: string): Promise<void> {
  for (const [c, color] of ['red', 'green', 'blue', 'gold'].entries()) {
    mkdirSync(join(dir, color), { recursive: true });
    for (let i = 0; i < 24; i++) {
      const shape = `<circle cx="${20 + i}" cy="${30 + c * 5}" r="${10 + (i % 7)}" fill="${color}"/>`;
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64">${shape}</svg>`;
      await sharp(Buffer.from(svg))
        .flatten({ background: 'white' })
        .png()
        .toFile(join(dir, color, `${i}.png`));
    }
  }
}
