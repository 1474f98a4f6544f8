import { ArgumentError, checkChoice, checkNames, checkNumber, describe } from '../../support/errors';
import type { DecodeArgs } from './decodeImage';
import type { ListArgs } from './listImages';

/** Options of `imageFolder`. */
export interface ImageFolderArgs {
  /** Side in pixels, or [height, width], that every image is resized to. @default undefined: each image's own size */
  size?: number | readonly [height: number, width: number];

  /**
   * How another aspect ratio is fitted into `size`: `cover` cuts what hangs over evenly, `contain` pads with the
   * background, `fill` stretches. @default 'cover'
   */
  fit?: 'cover' | 'contain' | 'fill';

  /** A CSS color: what lies behind transparent pixels, and around `contain`. @default 'white' */
  background?: string;

  /** 3: sRGB, gray images too; 1: gray by luminance, color images too. @default 3 */
  channels?: 1 | 3;

  /** int32 0..255 or float32 0..1. @default 'int32' */
  dtype?: 'int32' | 'float32';

  /** Whether a file that cannot be read stops the run, or is left out and listed in `skipped`. @default 'throw' */
  onError?: 'throw' | 'skip';

  /**
   * Decoded images are kept in memory, up to this many bytes of pixels, and so decoded in the first epoch only. 0 keeps
   * none. @default 268435456 (256 MiB): 87,000 images of 32 x 32, 1,700 of 224 x 224
   */
  cacheBytes?: number;

  /** Images of more pixels (width x height) count as unreadable. @default 268402689, sharp's (16383 x 16383) */
  limitPixels?: number;

  /** Whether linked files and folders are read; each real folder is read once, so loops end. @default false */
  followSymlinks?: boolean;

  /** Which files are images, in any case. @default .jpg .jpeg .png .webp .gif .tif .tiff .avif */
  extensions?: readonly string[];
}

const defaults = {
  fit: 'cover',
  background: 'white',
  channels: 3,
  dtype: 'int32',
  onError: 'throw',
  cacheBytes: 2 ** 28,
  limitPixels: 16383 ** 2,
  followSymlinks: false,
  extensions: ['.jpg', '.jpeg', '.png', '.webp', '.gif', '.tif', '.tiff', '.avif'],
} as const satisfies ImageFolderArgs;

/** The options as given, checked, and the defaults of the others. @throws ArgumentError */
export function checkOptions(options: ImageFolderArgs) {
  checkNames('imageFolder', options, ['size', ...Object.keys(defaults)]);
  const given = { ...defaults, ...dropUndefined(options) };
  return {
    size: given.size === undefined ? undefined : checkSize(given.size),
    fit: checkChoice('fit', given.fit, ['cover', 'contain', 'fill'] as const),
    background: given.background,
    channels: checkChoice('channels', given.channels, [1, 3] as const),
    dtype: checkChoice('dtype', given.dtype, ['int32', 'float32'] as const),
    onError: checkChoice('onError', given.onError, ['throw', 'skip'] as const),
    cacheBytes: checkNumber('cacheBytes', given.cacheBytes, { integer: true, min: 0 }),
    limitPixels: checkNumber('limitPixels', given.limitPixels, { integer: true, min: 1 }),
    followSymlinks: checkChoice('followSymlinks', given.followSymlinks, [true, false]),
    extensions: checkExtensions(given.extensions),
  } satisfies DecodeArgs & ListArgs & Required<Omit<ImageFolderArgs, 'size'>>;
}

/** An option that is given as undefined is one that is not given. */
function dropUndefined(options: ImageFolderArgs): ImageFolderArgs {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function checkSize(size: unknown): [number, number] {
  const [height, width] = Array.isArray(size) && size.length === 2 ? size : [size, size];
  const bounds = { integer: true, min: 1, max: 16384 };
  return [checkNumber('size', height, bounds), checkNumber('size', width, bounds)];
}

function checkExtensions(extensions: unknown): string[] {
  const valid = Array.isArray(extensions) && extensions.length > 0 && extensions.every((e) => /^\.[^./\\]+$/.test(e));
  if (!valid) throw new ArgumentError('option extensions', "a list such as ['.jpg', '.png']", describe(extensions));
  return extensions.map((extension: string) => extension.toLowerCase());
}
