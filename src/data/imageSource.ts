import { disposeReads, type LabeledImage, type Read } from './reads';

/** Images by index, such as an image folder. What `get` makes belongs to the caller, who disposes it. */
export interface ImageSource {
  /** The number of images. */
  readonly size: number;
  /** Reads one image; `undefined` where the source skips an unreadable one. */
  get(index: number): LabeledImage | undefined | Promise<LabeledImage | undefined>;
}

/** Reads at a time: enough to hide a disk's or a server's delay, few enough for a system's limit of open files. */
const maxReads = 32;

/**
 * Reads images by index, group by group, and yields them in order.
 *
 * @param groupSize Images of a group are read side by side, up to 32 at a time.
 * @param onSkip Called with each index that the source skips.
 */
export async function* readByIndex(
  source: ImageSource,
  order: readonly number[],
  groupSize: number,
  onSkip: (index: number) => void,
): AsyncGenerator<Read> {
  for (let start = 0; start < order.length; start += groupSize) {
    const indices = order.slice(start, start + groupSize);
    const { images, failure } = await readSideBySide(source, indices);
    const reads: Read[] = [];
    images.forEach((image, i) => {
      if (image) reads.push({ image, index: indices[i] });
      else if (!failure) onSkip(indices[i]);
    });
    try {
      if (failure) throw failure.reason;
      while (reads.length > 0) yield reads.shift() as Read;
    } finally {
      disposeReads(reads);
    }
  }
}

/** Reads a group. After a failure no further read is started; the first in order is reported. */
async function readSideBySide(source: ImageSource, indices: readonly number[]) {
  const images: (LabeledImage | undefined)[] = Array(indices.length).fill(undefined);
  const failures: { place: number; reason: unknown }[] = [];
  let next = 0;
  const readOneByOne = async () => {
    while (next < indices.length && failures.length === 0) {
      const place = next++;
      try {
        images[place] = await source.get(indices[place]);
      } catch (reason) {
        failures.push({ place, reason });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(maxReads, indices.length) }, readOneByOne));
  const [failure] = failures.sort((a, b) => a.place - b.place);
  return { images, failure };
}
