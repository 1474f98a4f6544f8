import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError, checkTensor, describe } from '../../support/errors';
import { isDataset } from '../../support/isDataset';
import { toUnitRange } from '../../transforms/normalize';
import { type ImageBatches, labelsOf } from '../extractFeatures';

/** A batch of labeled raw images of several versions, as evaluations of classifiers visit them. */
export interface LabeledBatch {
  /** float32 in 0 … 1, by the names in `xs`; images that have none are called `image`. */
  images: { [name: string]: tf.Tensor4D };
  labels: ArrayLike<number>;
  /** Index of the first image in the whole. */
  start: number;
}

/**
 * Visits all batches of labeled raw images, one after the other, and disposes what they held.
 *
 * @throws ArgumentError for images without labels, or of another shape than `[N, H, W, C]`.
 */
export async function forEachLabeledBatch(
  source: ImageBatches,
  visit: (batch: LabeledBatch) => Promise<void>,
): Promise<void> {
  let start = 0;
  const visitElement = async (element: tf.TensorContainer) => {
    const { images, labels } = tf.tidy(() => readBatch(element));
    try {
      await visit({ images, labels: await labels.data(), start });
      start += labels.size;
    } finally {
      tf.dispose([images, labels]);
    }
  };

  if (!isDataset(source)) return visitElement(source);
  const batches = await source.iterator();
  for (let next = await batches.next(); !next.done; next = await batches.next()) {
    try {
      await visitElement(next.value);
    } finally {
      tf.dispose(next.value);
    }
  }
  if (start === 0) throw new ArgumentError('input source', 'at least one batch', 'an empty dataset');
}

function readBatch(element: tf.TensorContainer): { images: LabeledBatch['images']; labels: tf.Tensor1D } {
  const { xs, ys } = readPair(element);
  const images = Object.fromEntries(
    Object.entries(xs instanceof tf.Tensor ? { image: xs } : xs).map(([name, x]) => {
      const expected = 'batches of images [N, H, W, C]';
      const images = checkTensor(
        'input source',
        x as tf.Tensor4D,
        expected,
        ({ rank, size }) => rank === 4 && size > 0,
      );
      return [name, tf.clone(toUnitRange(images))];
    }),
  );
  return { images, labels: labelsOf(ys, Object.values(images)[0].shape[0]) };
}

function readPair(element: tf.TensorContainer): {
  xs: tf.Tensor | { [name: string]: tf.TensorContainer };
  ys: tf.TensorContainer;
} {
  const pair = element as { xs?: tf.TensorContainer; ys?: tf.TensorContainer } | null;
  if (pair && !(pair instanceof tf.Tensor) && typeof pair.xs === 'object' && pair.xs && pair.ys)
    return { xs: pair.xs as tf.Tensor | { [name: string]: tf.TensorContainer }, ys: pair.ys };
  throw new ArgumentError('input source', 'batches {xs, ys} of images with labels', describe(element));
}
