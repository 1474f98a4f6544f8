import * as tf from '@tensorflow/tfjs-core';
import { checkTensor } from '../support/checks';
import { ArgumentError, describe } from '../support/errors';

/** Images that are in memory already. They stay the caller's. */
export type ImageTensors = tf.Tensor4D | { xs: tf.Tensor4D; ys?: tf.Tensor };

/** Tells whether a source is tensors, or meant to be. */
export function isImageTensors(source: unknown): source is ImageTensors {
  return source instanceof tf.Tensor || (source as { xs?: unknown } | null)?.xs instanceof tf.Tensor;
}

/** Batches of images that are one tensor `[N, H, W, C]`, with labels `[N, …]`. */
export class TensorImages {
  readonly size: number;
  private readonly xs: tf.Tensor4D;
  private readonly ys?: tf.Tensor;

  /** @throws ArgumentError for images of another shape or type, and for labels of another number. */
  constructor(source: ImageTensors) {
    const { xs, ys } = source instanceof tf.Tensor ? { xs: source, ys: undefined } : source;
    const [subject, expected] = ['the images of contrastiveDataset()', 'a tensor of shape [N, H, W, C]'];
    if (xs.rank === 3)
      throw new ArgumentError(
        subject,
        expected,
        describe(xs),
        'tf.expandDims(xs, -1) gives gray images their channel.',
      );
    this.xs = checkTensor(subject, xs, expected, ({ rank, size }) => rank === 4 && size > 0);
    this.size = xs.shape[0];
    const isReal = ys?.dtype !== 'string' && ys?.dtype !== 'complex64';
    if (ys !== undefined && !(ys instanceof tf.Tensor && !ys.isDisposed && ys.shape[0] === this.size && isReal))
      throw new ArgumentError('the labels of contrastiveDataset()', `a tensor of ${this.size} labels`, describe(ys));
    this.ys = ys;
  }

  /** Returns images and labels by index, in one kernel each; labels are zeros where there are none. */
  take(indices: readonly number[]): { xs: tf.Tensor; ys: tf.Tensor } {
    if (this.xs.isDisposed)
      throw new ArgumentError('the images of contrastiveDataset()', 'a tensor that is kept', describe(this.xs));
    return tf.tidy(() => {
      // gatherND, not gather: the latter reads its indices back to the host on some backends.
      const index = tf.tensor2d([...indices], [indices.length, 1], 'int32');
      const rows = (x: tf.Tensor) => {
        const [, ...shape] = x.shape;
        const flat = tf.reshape(x, [this.size, tf.util.sizeFromShape(shape)]);
        return tf.reshape(tf.gatherND(flat, index), [indices.length, ...shape]);
      };
      return { xs: rows(this.xs), ys: this.ys ? rows(this.ys) : tf.zeros([indices.length, 1]) };
    });
  }

  /** Returns one image and its label, without a batch's axis. */
  takeOne(index: number): { xs: tf.Tensor; ys: tf.Tensor } {
    return tf.tidy(() => {
      const { xs, ys } = this.take([index]);
      return { xs: tf.squeeze(xs, [0]), ys: tf.squeeze(ys, [0]) };
    });
  }
}
