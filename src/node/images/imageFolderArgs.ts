import { checkImageSize } from '../../support/checkImageSize';
import { ArgumentError, describe } from '../../support/errors';
import { boolean, choice, custom, integer, optional, readOptions, text } from '../../support/options';
import type { DecodeArgs } from './decodeImage';
import { imageExtensions } from './imageFormat';
import type { ListArgs } from './listImages';

/** Which files `imageFolder` reads, and how they become tensors. */
export interface ImageFolderArgs {
  /** Side in pixels, or [height, width], that every image is resized to. @default undefined: each image's own size */
  size?: number | readonly [height: number, width: number];

  /**
   * How another aspect ratio is fitted into `size`: `cover` crops evenly, `contain` pads with the background, `fill`
   * stretches. @default 'cover'
   */
  fit?: 'cover' | 'contain' | 'fill';

  /** A CSS color behind transparent pixels and around `contain`. @default 'white' */
  background?: string;

  /** 3: sRGB, gray images too; 1: gray by luminance, color images too. @default 3 */
  channels?: 1 | 3;

  /** int32 0..255 or float32 0..1. @default 'int32' */
  dtype?: 'int32' | 'float32';

  /** Whether an unreadable file stops the run, or is skipped and listed in `skipped`. @default 'throw' */
  onError?: 'throw' | 'skip';

  /**
   * Whether a file is unreadable if its decoder warns, or only if it fails. What a decoder only warns about may have
   * wrong pixels. @default 'warning'
   */
  failOn?: 'warning' | 'error';

  /**
   * Bytes of pixels that are kept in memory, so that images are decoded in the first epoch only. 0 keeps none.
   * @default 268435456 (256 MiB): 87,000 images of 32 x 32, 1,700 of 224 x 224
   */
  cacheBytes?: number;

  /** Images of more pixels (width x height) count as unreadable. @default 268402689, sharp's (16383 x 16383) */
  limitPixels?: number;

  /** Whether linked files and folders are read; each real folder is read once, so loops end. @default false */
  followSymlinks?: boolean;

  /** File name extensions of images, in any case. @default .jpg .jpeg .png .webp .gif .tif .tiff .avif */
  extensions?: readonly string[];
}

export const imageFolderOptions = {
  size: optional(custom((option, size) => checkImageSize(option, size, 16384))),
  fit: choice(['cover', 'contain', 'fill'], { default: 'cover' }),
  background: text({ default: 'white' }),
  channels: choice([1, 3], { default: 3 }),
  dtype: choice(['int32', 'float32'], { default: 'int32' }),
  onError: choice(['throw', 'skip'], { default: 'throw' }),
  failOn: choice(['warning', 'error'], { default: 'warning' }),
  cacheBytes: integer({ min: 0, default: 2 ** 28 }),
  limitPixels: integer({ min: 1, default: 16383 ** 2 }),
  followSymlinks: boolean({ default: false }),
  extensions: custom(checkExtensions, { default: [...imageExtensions] }),
};

/** Checks the options and fills in defaults. @throws ArgumentError */
export const readImageFolderOptions = (args: ImageFolderArgs) =>
  readOptions('imageFolder', args, imageFolderOptions) satisfies DecodeArgs & ListArgs;

function checkExtensions(option: string, extensions: unknown): string[] {
  const valid = Array.isArray(extensions) && extensions.length > 0 && extensions.every((e) => /^\.[^./\\]+$/.test(e));
  if (!valid) throw new ArgumentError(`option ${option}`, "a list such as ['.jpg', '.png']", describe(extensions));
  return extensions.map((extension: string) => extension.toLowerCase());
}
