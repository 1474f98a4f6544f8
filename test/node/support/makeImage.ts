import sharp, { type Sharp } from 'sharp';

/** An image of one color, of 1 to 4 channels. */
export function plain(color: readonly number[], height = 8, width = 8): Sharp {
  const channels = color.length as 1 | 2 | 3 | 4;
  const data = Uint8Array.from({ length: height * width * channels }, (_, i) => color[i % channels]);
  return sharp(data, { raw: { width, height, channels } });
}

/** An RGB image whose red is the column, green the row and blue 100: lossless formats keep it to the bit. */
export function coordinates(height: number, width: number): Sharp {
  const data = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set([x, y, 100], (y * width + x) * 3);
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** A red picture followed by a blue one. */
export async function animation(): Promise<Sharp> {
  const frames = [plain([255, 0, 0]), plain([0, 0, 255])].map((frame) => frame.png().toBuffer());
  return sharp(await Promise.all(frames), { join: { animated: true } });
}

/** A PNG whose header promises this size, with no pixel behind it. */
export async function promisedPng(width: number, height: number): Promise<Buffer> {
  const png = await plain([1, 2, 3]).png().toBuffer();
  png.writeUInt32BE(width, 16);
  png.writeUInt32BE(height, 20);
  png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
  return png;
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** Spoils one of the last three bytes of a JPEG's first scan header, as some phones do; sequential decoders ignore them. */
export function spoilScanHeader(jpeg: Buffer, which: 0 | 1 | 2, value: number): Buffer {
  const spoilt = Buffer.from(jpeg);
  const start = spoilt.indexOf(Buffer.from([0xff, 0xda]));
  spoilt[start + 2 + spoilt.readUInt16BE(start + 2) - 3 + which] = value;
  return spoilt;
}
