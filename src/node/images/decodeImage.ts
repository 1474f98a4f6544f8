import { open, readFile } from 'node:fs/promises';
import { errorMessage, FileError, failureReason, isExhaustion } from '../files/fileError';
import { headBytes, imageFormat } from './imageFormat';
import { mendScanHeaders, scanHeaderWarning } from './mendScanHeaders';

export type SharpModule = typeof import('sharp');

/** How an image file becomes pixels. */
export interface DecodeArgs {
  /** [height, width] to resize to; undefined keeps the image's own. */
  size?: readonly [number, number];
  fit: 'cover' | 'contain' | 'fill';
  background: string;
  channels: 1 | 3;
  limitPixels: number;
  /** @default 'warning' */
  failOn?: 'warning' | 'error';
}

/** 8-bit samples of one image, rows of pixels of channels. */
export interface Pixels {
  data: Uint8Array;
  shape: [height: number, width: number, channels: number];
}

/**
 * Decodes one image file to upright 8-bit sRGB (or gray) without alpha: EXIF rotation applied, embedded color profile
 * converted, transparency laid onto the background, of an animation the first picture.
 *
 * @throws FileError that names the file.
 */
export async function decodeImage(sharp: SharpModule['default'], path: string, args: DecodeArgs): Promise<Pixels> {
  try {
    await checkHead(path);
    try {
      // Given the path and not the bytes, libvips reads as it goes: memory does not grow with the file.
      return await decode(sharp(path, inputOptions(args)), args);
    } catch (cause) {
      if (!scanHeaderWarning.test(errorMessage(cause))) throw cause;
      return await decode(sharp(mendScanHeaders(await readFile(path)), inputOptions(args)), args);
    }
  } catch (cause) {
    if (isExhaustion(cause)) throw cause;
    throw new FileError('read the image', path, decodingFailure(cause), { cause });
  }
}

const inputOptions = ({ limitPixels, failOn = 'warning' }: DecodeArgs) =>
  ({ limitInputPixels: limitPixels, failOn }) as const;

async function decode(image: import('sharp').Sharp, { size, fit, background, channels }: DecodeArgs): Promise<Pixels> {
  image.autoOrient();
  if (size) image.resize({ height: size[0], width: size[1], fit, background });
  image.flatten({ background });
  if (channels === 1) image.grayscale().toColorspace('b-w');
  else image.toColorspace('srgb');
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return { data, shape: [info.height, info.width, channels] };
}

function decodingFailure(cause: unknown): string {
  // sharp's words for a warning without a text.
  return failureReason(cause).replace(/^Warning treated as error.*/, 'it is damaged (its decoder gave a warning)');
}

async function checkHead(path: string): Promise<void> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    if (bytesRead === 0) throw new Error('the file is empty (0 bytes)');
    if (!imageFormat(buffer.subarray(0, bytesRead)))
      throw new Error('it is not a JPEG, PNG, WebP, GIF, TIFF or AVIF image');
  } finally {
    await file.close();
  }
}
