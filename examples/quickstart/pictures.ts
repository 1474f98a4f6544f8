import * as tf from '@tensorflow/tfjs';
import type { ImageSource } from 'tfjs-nonsemantic-negatives';

/** Small pictures in memory: square, 8-bit RGB, each with a label and a caption. A source for `contrastiveDataset`. */
export class Pictures implements ImageSource {
  constructor(
    readonly name: string,
    readonly side: number,
    /** Picture after picture, row by row. */
    readonly pixels: Uint8Array,
    readonly labels: readonly number[],
    readonly captions: readonly string[],
  ) {}

  get size(): number {
    return this.labels.length;
  }

  get(index: number) {
    const { side } = this;
    return {
      xs: tf.tensor3d(Int32Array.from(this.pixelsOf(index)), [side, side, 3], 'int32'),
      ys: tf.scalar(this.labels[index], 'int32'),
    };
  }

  /** The bytes of one picture. */
  pixelsOf(index: number): Uint8Array {
    const length = this.side * this.side * 3;
    return this.pixels.subarray(index * length, (index + 1) * length);
  }

  /** All pictures as one int32 batch in 0 … 255, and their labels. */
  toTensors(): { xs: tf.Tensor4D; ys: tf.Tensor1D } {
    const { side, size } = this;
    return {
      xs: tf.tensor4d(Int32Array.from(this.pixels), [size, side, side, 3], 'int32'),
      ys: tf.tensor1d([...this.labels], 'int32'),
    };
  }

  /** The pictures at these places. */
  pick(indices: readonly number[]): Pictures {
    const length = this.side * this.side * 3;
    const pixels = new Uint8Array(indices.length * length);
    for (const [i, index] of indices.entries()) pixels.set(this.pixelsOf(index), i * length);
    const at = <T>(list: readonly T[]) => indices.map((index) => list[index]);
    return new Pictures(this.name, this.side, pixels, at(this.labels), at(this.captions));
  }
}
