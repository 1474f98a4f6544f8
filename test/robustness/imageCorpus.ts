import sharp from 'sharp';
import { type Random, randomStream } from '../../src/support/random';
import { animation, coordinates, plain, promisedPng } from '../node/support/makeImage';

type Files = { [name: string]: Uint8Array };

/** One good image in each form that a photo folder may hold. */
export async function goodImages(): Promise<Files> {
  const color = () => coordinates(24, 31);
  const deep = Uint16Array.from({ length: 300 }, (_, i) => 217 * i);
  const rgb16 = sharp(deep, { raw: { width: 10, height: 10, channels: 3 } }).toColorspace('rgb16');
  const images = {
    'plain.jpg': color().jpeg(),
    'progressive.jpg': color().jpeg({ progressive: true }),
    'cmyk.jpg': color().toColorspace('cmyk').jpeg(),
    'rotated.jpg': color().withMetadata({ orientation: 6 }).jpeg(),
    'profile.jpg': color().withIccProfile('p3').jpeg(),
    'plain.png': color().png(),
    'palette.png': color().png({ palette: true }),
    'deep.png': rgb16.png(),
    'alpha.png': plain([1, 2, 3, 128]).png(),
    'one.png': plain([1, 2, 3], 1, 1).png(),
    'line.png': plain([1, 2, 3], 1, 30_000).png(),
    'gray.gif': plain([9]).gif(),
    'animated.gif': (await animation()).gif(),
    'animated.webp': (await animation()).webp(),
    'plain.webp': color().webp(),
    'plain.tiff': color().tiff(),
    'plain.avif': color().avif(),
  };
  const entries = Object.entries(images).map(async ([name, image]) => [name, await image.toBuffer()] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** Each good image cut short, with bits flipped, or under a wrong name; and bombs. `rounds` of each. */
export async function damagedImages(rounds: number): Promise<Files> {
  const files: Files = {
    'bomb.png': await promisedPng(60_000, 60_000),
    'wide.png': await promisedPng(2 ** 31 - 1, 1),
    'empty.jpg': new Uint8Array(0),
    'text.jpg': Buffer.from('no image'),
    'drawing.png': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
  };
  const extensions = ['.jpg', '.png', '.gif', '.webp', '.tiff', '.avif'];
  for (const [name, bytes] of Object.entries(await goodImages())) {
    for (let round = 0; round < rounds; round++) {
      const random = randomStream('corpus', name, round);
      files[`cut-${round}-${name}`] = bytes.subarray(0, Math.floor(random() * bytes.length));
      files[`flipped-${round}-${name}`] = flipBits(bytes, random);
      files[`renamed-${round}-${name}${extensions[Math.floor(random() * extensions.length)]}`] = bytes;
    }
  }
  return files;
}

function flipBits(bytes: Uint8Array, random: Random): Uint8Array {
  const flipped = Uint8Array.from(bytes);
  const count = 1 + Math.floor(random() * 8);
  for (let i = 0; i < count; i++) flipped[Math.floor(random() * flipped.length)] ^= 1 << Math.floor(random() * 8);
  return flipped;
}
