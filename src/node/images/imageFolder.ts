import { ArgumentError, describe } from '../../support/errors';
import { withRecipe } from '../../support/recipe';
import { checkFolderPath } from '../files/checkFolderPath';
import { FileError } from '../files/fileError';
import { limit } from '../limit';
import { importOptional } from '../optionalPackage';
import { decodeImage, type Pixels, type SharpModule } from './decodeImage';
import { type ImageFolderArgs, readImageFolderOptions } from './imageFolderArgs';
import { ImageReader, type LabeledImages } from './labeledImages';
import { type Listing, listImages, type SkippedFile } from './listImages';

type Decode = (path: string) => Promise<Pixels>;
type Handling = Required<Pick<ImageFolderArgs, 'dtype' | 'onError' | 'cacheBytes'>>;

/** The images of a folder: see `imageFolder`. */
export interface ImageFolder extends LabeledImages {
  /** Path of each image, in listing order. */
  readonly paths: readonly string[];

  /** Files skipped so far, with reasons: first those of the listing (links, pipes), then unreadable images by index. */
  readonly skipped: SkippedFile[];
}

/** Decodes images when they are asked for. */
class FolderReader extends ImageReader implements ImageFolder {
  readonly paths: readonly string[];
  readonly labels: readonly number[];
  readonly classNames: readonly string[];
  private readonly onError: 'throw' | 'skip';
  private readonly cache = new Map<number, Pixels>();
  private cacheBytesLeft: number;
  /** What could not be read, here or in another thread, by index. */
  readonly unreadable = new Map<number, SkippedFile>();

  constructor(
    private readonly listing: Listing,
    private readonly decode: Decode,
    { dtype, onError, cacheBytes }: Handling,
  ) {
    super(dtype);
    this.onError = onError;
    this.cacheBytesLeft = cacheBytes;
    this.paths = listing.paths;
    this.labels = listing.labels;
    this.classNames = listing.classNames;
  }

  get skipped(): SkippedFile[] {
    const unreadable = [...this.unreadable].sort(([a], [b]) => a - b).map(([, file]) => file);
    return [...this.listing.skipped, ...unreadable];
  }

  protected override async read(index: number): Promise<Pixels | undefined> {
    const cached = this.cache.get(index);
    if (cached) return cached;
    // Tried once only: every epoch skips the same images.
    if (this.unreadable.has(index)) return undefined;
    try {
      return this.keep(index, await this.decode(this.paths[index]));
    } catch (error) {
      if (this.onError === 'throw' || !(error instanceof FileError)) throw error;
      this.unreadable.set(index, { path: error.path, reason: error.reason });
      return undefined;
    }
  }

  /** Keeps the first images: an epoch visits all of them, so evicting one would only drop an image needed later. */
  private keep(index: number, pixels: Pixels): Pixels {
    if (pixels.data.length <= this.cacheBytesLeft && !this.cache.has(index)) {
      this.cacheBytesLeft -= pixels.data.length;
      this.cache.set(index, pixels);
    }
    return pixels;
  }
}

/** Files that are open at a time, whatever the batch size: systems limit them. */
const readsAtOnce = 16;

/**
 * Opens the images of a folder and all folders in it as a random-access source: JPEG, PNG, WebP, GIF, TIFF and AVIF,
 * recognized by their content. The folders at the first level are the classes: `dir/<class>/…/photo.jpg`.
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
 * Files with other extensions and hidden ones (`.name`) are ignored. Symbolic links, pipes and the like are never
 * opened, but listed in `skipped`. At most 16 files are open at a time.
 *
 * @throws ArgumentError on an option out of range, a folder that does not exist or holds no image.
 * @throws PackageError where sharp is not installed.
 * @throws FileError, also later from `get`, on an unreadable file or folder, unless `onError` is `skip`.
 */
export async function imageFolder(dir: string, args: ImageFolderArgs = {}): Promise<ImageFolder> {
  checkFolderPath('input dir', dir);
  const options = readImageFolderOptions(args);
  const sharp = await loadSharp(options);
  return makeReader(sharp, { listing: await listImages(dir, options), options });
}

/** What another thread opens the same folder from. */
interface FolderRecipe {
  listing: Listing;
  options: ReturnType<typeof readImageFolderOptions>;
}

/** Opens the images of a folder that is listed already. */
export async function openListing(recipe: FolderRecipe): Promise<ImageFolder> {
  return makeReader(await loadSharp(recipe.options), recipe);
}

function makeReader(sharp: SharpModule['default'], recipe: FolderRecipe): ImageFolder {
  const { listing, options } = recipe;
  const decode = limit(readsAtOnce, (path: string) => decodeImage(sharp, path, options));
  return withRecipe('imageFolder', recipe, new FolderReader(listing, decode, options));
}

async function loadSharp({ background }: FolderRecipe['options']): Promise<SharpModule['default']> {
  const { default: sharp } = await importOptional<SharpModule>('sharp', 'imageFolder');
  checkColor(sharp, background);
  return sharp;
}

/** Checks the color before the first image: a misspelled one must not pass for an unreadable file. */
function checkColor(sharp: SharpModule['default'], background: string): void {
  try {
    sharp({ create: { width: 1, height: 1, channels: 3, background } });
  } catch {
    throw new ArgumentError('option background', "a CSS color such as 'white' or '#fff'", describe(background));
  }
}
