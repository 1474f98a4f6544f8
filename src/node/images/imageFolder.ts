import { ArgumentError, describe } from '../../support/errors';
import { checkFolderPath } from '../files/checkFolderPath';
import { FileError } from '../files/fileError';
import { importOptional } from '../optionalPackage';
import { decodeImage, type Pixels, type SharpModule } from './decodeImage';
import { checkOptions, type ImageFolderArgs } from './imageFolderArgs';
import { LabeledImages } from './labeledImages';
import { type Listing, listImages, type SkippedFile } from './listImages';

type Decode = (path: string) => Promise<Pixels>;
type Handling = Required<Pick<ImageFolderArgs, 'dtype' | 'onError' | 'cacheBytes'>>;

/** The images of a folder, decoded when asked for: see `imageFolder`. */
export class ImageFolder extends LabeledImages {
  /** Path of each image, in listing order. */
  readonly paths: readonly string[];
  readonly labels: readonly number[];
  readonly classNames: readonly string[];
  readonly #listing: Listing;
  readonly #decode: Decode;
  readonly #onError: 'throw' | 'skip';
  readonly #cache = new Map<number, Pixels>();
  #cacheBytesLeft: number;
  readonly #unreadable = new Map<number, SkippedFile>();

  /** Called by `imageFolder`. */
  constructor(listing: Listing, decode: Decode, { dtype, onError, cacheBytes }: Handling) {
    super(dtype);
    this.#listing = listing;
    this.#decode = decode;
    this.#onError = onError;
    this.#cacheBytesLeft = cacheBytes;
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
    const cached = this.#cache.get(index);
    if (cached) return cached;
    // Tried once only: every epoch skips the same images.
    if (this.#unreadable.has(index)) return undefined;
    try {
      return this.#keep(index, await this.#decode(this.paths[index]));
    } catch (error) {
      if (this.#onError === 'throw' || !(error instanceof FileError)) throw error;
      this.#unreadable.set(index, { path: error.path, reason: error.reason });
      return undefined;
    }
  }

  /** Whoever comes first stays: epochs go through all images, so that making room would only push out the next one. */
  #keep(index: number, pixels: Pixels): Pixels {
    if (pixels.data.length <= this.#cacheBytesLeft && !this.#cache.has(index)) {
      this.#cacheBytesLeft -= pixels.data.length;
      this.#cache.set(index, pixels);
    }
    return pixels;
  }
}

/**
 * A random-access source of the images of a folder and all folders in it: JPEG, PNG, WebP, GIF, TIFF, AVIF, told by
 * their content. If there are folders at the first level, they are the classes: `dir/<class>/…/photo.jpg`.
 *
 * Each image becomes int32 [H, W, C] in 0..255 (or float32 0..1), upright 8-bit sRGB: EXIF rotation and color profile
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
export async function imageFolder(dir: string, options: ImageFolderArgs = {}): Promise<ImageFolder> {
  checkFolderPath('input dir', dir);
  const checked = checkOptions(options);
  const { default: sharp } = await importOptional<SharpModule>('sharp', 'imageFolder');
  checkColor(sharp, checked.background);
  return new ImageFolder(await listImages(dir, checked), (path) => decodeImage(sharp, path, checked), checked);
}

/** Here, and not at the first image: a misspelled color must not pass for an unreadable file. */
function checkColor(sharp: SharpModule['default'], background: unknown): void {
  try {
    if (typeof background !== 'string') throw new Error('no string');
    sharp({ create: { width: 1, height: 1, channels: 3, background } });
  } catch {
    throw new ArgumentError('option background', "a CSS color such as 'white' or '#fff'", describe(background));
  }
}
