import { ArgumentError, checkChoice, checkNames, checkNumber, describe } from '../support/errors';
import { type DecodeOptions, decodeImage, type Pixels, type SharpModule } from './decodeImage';
import { FileError } from './fileError';
import { LabelledImages } from './labelledImages';
import { type Listing, type ListOptions, listImages, type SkippedFile } from './listImages';
import { importOptional } from './optionalPackage';

export interface ImageFolderOptions {
  /** Side in pixels, or [height, width], that every image is resized to. @default undefined: each image's own size */
  size?: number | readonly [height: number, width: number];

  /**
   * How another aspect ratio is fitted into `size`: `cover` cuts what hangs over evenly, `contain` pads with the
   * background, `fill` stretches. @default 'cover'
   */
  fit?: 'cover' | 'contain' | 'fill';

  /** A CSS colour: what lies behind transparent pixels, and around `contain`. @default 'white' */
  background?: string;

  /** 3: sRGB, grey images too; 1: grey by luminance, colour images too. @default 3 */
  channels?: 1 | 3;

  /** int32 0..255 or float32 0..1. @default 'int32' */
  dtype?: 'int32' | 'float32';

  /** Whether a file that cannot be read stops the run, or is left out and listed in `skipped`. @default 'throw' */
  onError?: 'throw' | 'skip';

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
  limitPixels: 16383 ** 2,
  followSymlinks: false,
  extensions: ['.jpg', '.jpeg', '.png', '.webp', '.gif', '.tif', '.tiff', '.avif'],
} as const satisfies ImageFolderOptions;

type Decode = (path: string) => Promise<Pixels>;
type Outcome = Required<Pick<ImageFolderOptions, 'dtype' | 'onError'>>;

/** The images of a folder, decoded when asked for: see `imageFolder`. */
export class ImageFolder extends LabelledImages {
  /** Path of each image, in listing order. */
  readonly paths: readonly string[];
  readonly labels: readonly number[];
  readonly classNames: readonly string[];
  readonly #listing: Listing;
  readonly #decode: Decode;
  readonly #onError: 'throw' | 'skip';
  readonly #unreadable = new Map<number, SkippedFile>();

  /** Called by `imageFolder`. */
  constructor(listing: Listing, decode: Decode, { dtype, onError }: Outcome) {
    super(dtype);
    this.#listing = listing;
    this.#decode = decode;
    this.#onError = onError;
    this.paths = listing.paths;
    this.labels = listing.labels;
    this.classNames = listing.classNames;
  }

  /** What was passed over so far, and why: first from listing (links, pipes), then unreadable images by index. */
  get skipped(): SkippedFile[] {
    const unreadable = [...this.#unreadable].sort(([a], [b]) => a - b).map(([, file]) => file);
    return [...this.#listing.skipped, ...unreadable];
  }

  protected override async read(index: number): Promise<Pixels | undefined> {
    // Tried once only: every epoch skips the same images.
    if (this.#unreadable.has(index)) return undefined;
    try {
      return await this.#decode(this.paths[index]);
    } catch (error) {
      if (this.#onError === 'throw' || !(error instanceof FileError)) throw error;
      this.#unreadable.set(index, { path: error.path, reason: error.reason });
      return undefined;
    }
  }
}

/**
 * A random-access source of the images of a folder and all folders in it: JPEG, PNG, WebP, GIF, TIFF, AVIF, told by
 * their content. If there are folders at the first level, they are the classes: `dir/<class>/…/photo.jpg`.
 *
 * Each image becomes int32 [H, W, C] in 0..255 (or float32 0..1), upright 8-bit sRGB: EXIF rotation and colour profile
 * are applied, CMYK, palettes and 16 bits converted, transparency laid onto the background; of an animation it is the
 * first picture. Resized by Lanczos with antialiasing.
 *
 * ```ts
 * const images = await imageFolder('photos', { size: 64 });
 * const dataset = contrastiveDataset(images, { batchSize: 128, seed: 1 });
 * ```
 *
 * Files with other extensions and hidden ones (`.name`) are left alone. Symbolic links, pipes and the like are never
 * opened, but listed in `skipped`.
 *
 * @throws ArgumentError on an option out of range, a folder that does not exist or holds no image.
 * @throws PackageError where sharp is not installed.
 * @throws FileError, also later from `get`, on an unreadable file or folder, unless `onError` is `skip`.
 */
export async function imageFolder(dir: string, options: ImageFolderOptions = {}): Promise<ImageFolder> {
  const checked = checkOptions(dir, options);
  const { default: sharp } = await importOptional<SharpModule>('sharp', 'imageFolder');
  checkColour(sharp, checked.background);
  return new ImageFolder(await listImages(dir, checked), (path) => decodeImage(sharp, path, checked), checked);
}

function checkOptions(dir: string, options: ImageFolderOptions) {
  if (typeof dir !== 'string' || dir === '')
    throw new ArgumentError('input dir', 'the path of a folder', describe(dir));
  checkNames('imageFolder', options, ['size', ...Object.keys(defaults)]);
  const given = { ...defaults, ...dropUndefined(options) };
  return {
    size: given.size === undefined ? undefined : checkSize(given.size),
    fit: checkChoice('fit', given.fit, ['cover', 'contain', 'fill'] as const),
    background: given.background,
    channels: checkChoice('channels', given.channels, [1, 3] as const),
    dtype: checkChoice('dtype', given.dtype, ['int32', 'float32'] as const),
    onError: checkChoice('onError', given.onError, ['throw', 'skip'] as const),
    limitPixels: checkNumber('limitPixels', given.limitPixels, { integer: true, min: 1 }),
    followSymlinks: checkChoice('followSymlinks', given.followSymlinks, [true, false]),
    extensions: checkExtensions(given.extensions),
  } satisfies DecodeOptions & ListOptions & Pick<ImageFolderOptions, 'dtype'>;
}

/** An option that is given as undefined is one that is not given. */
function dropUndefined(options: ImageFolderOptions): ImageFolderOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function checkSize(size: unknown): [number, number] {
  const [height, width] = Array.isArray(size) && size.length === 2 ? size : [size, size];
  const bounds = { integer: true, min: 1, max: 16384 };
  return [checkNumber('size', height, bounds), checkNumber('size', width, bounds)];
}

/** Here, and not at the first image: a misspelt colour must not pass for an unreadable file. */
function checkColour(sharp: SharpModule['default'], background: unknown): void {
  try {
    if (typeof background !== 'string') throw new Error('no string');
    sharp({ create: { width: 1, height: 1, channels: 3, background } });
  } catch {
    throw new ArgumentError('option background', "a CSS colour such as 'white' or '#fff'", describe(background));
  }
}

function checkExtensions(extensions: unknown): string[] {
  const valid = Array.isArray(extensions) && extensions.length > 0 && extensions.every((e) => /^\.[^./\\]+$/.test(e));
  if (!valid) throw new ArgumentError('option extensions', "a list such as ['.jpg', '.png']", describe(extensions));
  return extensions.map((extension: string) => extension.toLowerCase());
}
