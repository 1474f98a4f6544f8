import { disposeReads, type LabeledImage, type Read } from './reads';

/** Images by index, such as an image folder. What `get` makes belongs to the caller, who disposes it. */
export interface ImageSource {
  /** How many images there are. */
  readonly size: number;
  /** Reads one image; `undefined` where the source skips an unreadable one. */
  get(index: number): LabeledImage | undefined | Promise<LabeledImage | undefined>;
}

/**
 * Reads the images of these indices, so many of them side by side, and gives them out in order.
 *
 * @param onSkip Told of each image that the source cannot give.
 */
export async function* readByIndex(
  source: ImageSource,
  order: readonly number[],
  concurrency: number,
  onSkip: (index: number) => void,
): AsyncGenerator<Read> {
  for (let start = 0; start < order.length; start += concurrency) {
    const indices = order.slice(start, start + concurrency);
    const settled = await Promise.allSettled(indices.map(async (index) => source.get(index)));
    const reads: Read[] = [];
    settled.forEach((result, i) => {
      if (result.status !== 'fulfilled') return;
      if (result.value) reads.push({ image: result.value, index: indices[i] });
      else onSkip(indices[i]);
    });
    try {
      const failure = settled.find((result) => result.status === 'rejected');
      if (failure) throw failure.reason;
      while (reads.length > 0) yield reads.shift() as Read;
    } finally {
      disposeReads(reads);
    }
  }
}
