import * as tf from '@tensorflow/tfjs';
import type { LabeledImage } from 'tfjs-nonsemantic-negatives';

/** Images with labels by index: `imageFolder` and `cifar10` give them. */
export interface LabeledSource {
  readonly size: number;
  readonly labels: readonly number[];
  readonly classNames: readonly string[];
  readonly paths?: readonly string[];
  get(index: number): Promise<LabeledImage | undefined>;
}

/** float32 `[N, H, W, C]` in 0 … 1 and int32 `[N]`. */
export type LabeledBatch = { xs: tf.Tensor4D; ys: tf.Tensor1D };

/** Some images of a source, under class names that several domains share. */
export class ImageSet {
  /** The class of each image, by name. */
  readonly classOf: readonly string[];
  /** The file of each image, where the source has files. */
  readonly paths?: readonly string[];

  private constructor(
    readonly name: string,
    private readonly source: LabeledSource,
    private readonly indices: readonly number[],
    /** The place of each image in the whole set. */
    readonly rows: readonly number[],
    private readonly rename: { readonly [className: string]: string },
  ) {
    this.classOf = indices.map((index) => this.nameOf(source.classNames[source.labels[index]]));
    this.paths = source.paths && indices.map((index) => source.paths![index]);
  }

  /** @param rename Other names of its classes, such as `{ boat: 'ship' }`. */
  static of(name: string, source: LabeledSource, rename: { readonly [className: string]: string } = {}): ImageSet {
    const labeled = Array.from({ length: source.size }, (_, i) => i).filter((i) => source.labels[i] >= 0);
    return new ImageSet(name, source, labeled, [...labeled.keys()], rename);
  }

  get size(): number {
    return this.indices.length;
  }

  /** The classes that occur, in alphabetical order. */
  get classes(): string[] {
    return [...new Set(this.classOf)].sort();
  }

  /** One image; `undefined` if it cannot be read. */
  get(index: number): Promise<LabeledImage | undefined> {
    return this.source.get(this.indices[index]);
  }

  /** The images of these classes only. */
  ofClasses(classes: readonly string[]): ImageSet {
    return this.where((i) => classes.includes(this.classOf[i]));
  }

  /** The first `count` images of each class. */
  perClass(count: number): ImageSet {
    const seen = new Map<string, number>();
    return this.where((i) => {
      const before = seen.get(this.classOf[i]) ?? 0;
      seen.set(this.classOf[i], before + 1);
      return before < count;
    });
  }

  /** The images from `start` to before `end`. */
  slice(start: number, end: number): ImageSet {
    return this.where((i) => i >= start && i < end);
  }

  /** The place of each image's class in `classes`. */
  labels(classes: readonly string[]): number[] {
    return this.classOf.map((name) => classes.indexOf(name));
  }

  /** The set's name for a class of the source. */
  nameOf(className: string): string {
    return this.rename[className] ?? className;
  }

  /** Batches of raw images, float32 in 0 … 1, with their labels' places in `classes`. */
  batches(classes: readonly string[]): tf.data.Dataset<tf.TensorContainer> {
    // An asynchronous generator, which tf.data.generator runs although its types name only synchronous ones.
    return tf.data.generator(() => this.eachBatch(classes) as unknown as Generator<tf.TensorContainer>);
  }

  /** The same, for custom loops, which dispose the batches. */
  async *eachBatch(classes: readonly string[], batchSize = 250): AsyncGenerator<LabeledBatch> {
    for (let start = 0; start < this.size; start += batchSize) {
      const indices = Array.from({ length: Math.min(batchSize, this.size - start) }, (_, i) => start + i);
      yield await this.batch(indices, classes);
    }
  }

  private async batch(indices: readonly number[], classes: readonly string[]): Promise<LabeledBatch> {
    const elements = await Promise.all(indices.map((index) => this.get(index)));
    const images = elements.map((element, i) => {
      if (!element || element instanceof tf.Tensor) throw new Error(`Image ${indices[i]} of ${this.name} is missing.`);
      return element;
    });
    const batch = tf.tidy(() => {
      const raw = tf.stack(images.map(({ xs }) => xs)) as tf.Tensor4D;
      return {
        xs: raw.dtype === 'int32' ? tf.div<tf.Tensor4D>(tf.cast(raw, 'float32'), 255) : raw,
        ys: tf.tensor1d(
          indices.map((index) => classes.indexOf(this.classOf[index])),
          'int32',
        ),
      };
    });
    tf.dispose(images);
    return batch;
  }

  private where(keep: (index: number) => boolean): ImageSet {
    const kept = [...this.indices.keys()].filter(keep);
    const pick = (values: readonly number[]) => kept.map((i) => values[i]);
    return new ImageSet(this.name, this.source, pick(this.indices), pick(this.rows), this.rename);
  }
}
