import type * as tf from '@tensorflow/tfjs-core';
import type * as tfd from '@tensorflow/tfjs-data';
import { ArgumentError, describe } from '../support/errors';
import { isDataset } from '../support/isDataset';
import type { ImageSource } from './imageSource';
import { type ImageTensors, isImageTensors, TensorImages } from './tensorImages';

/** Where images come from: by index, from tensors in memory, or in sequence. */
export type ContrastiveSource = ImageSource | ImageTensors | tfd.Dataset<tf.TensorContainer>;

/**
 * Returns what a dataset reads from. @throws ArgumentError for anything but a source of images, and for an empty one.
 */
export function checkSource(source: ContrastiveSource): ImageSource | TensorImages | tfd.Dataset<tf.TensorContainer> {
  if (source instanceof TensorImages) return source;
  if (isImageTensors(source)) return new TensorImages(source);
  const { size, get } = (source ?? {}) as Partial<ImageSource>;
  const isSource = Number.isInteger(size) && (size as number) > 0 && typeof get === 'function';
  if (isSource || (isDataset(source) && size !== 0)) return source as ImageSource | tfd.Dataset<tf.TensorContainer>;
  throw new ArgumentError(
    'the source of contrastiveDataset()',
    'images: { size, get(index) }, a tensor [N, H, W, C], { xs, ys } or a tf.data.Dataset',
    describe(source),
    Array.isArray(source) ? 'tf.stack(images) makes one tensor of a list.' : undefined,
  );
}
