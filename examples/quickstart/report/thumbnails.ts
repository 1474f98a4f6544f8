import sharp from 'sharp';

/** Pictures are shown at 64 CSS pixels or less; twice that is enough for any screen. */
const maxSide = 128;

/** A square 8-bit RGB picture as the `src` of an `<img>`, made smaller where it is large. */
export async function pngDataUri(pixels: Uint8Array, side: number): Promise<string> {
  let picture = sharp(pixels, { raw: { width: side, height: side, channels: 3 } });
  if (side > maxSide) picture = picture.resize(maxSide, maxSide);
  const png = await picture.png({ compressionLevel: 9 }).toBuffer();
  return `data:image/png;base64,${png.toString('base64')}`;
}
