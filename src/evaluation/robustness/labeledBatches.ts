import * as tf from '@tensorflow/tfjs-core';
import { checkFinite } from '../../support/checkFinite';
import { checkTensor } from '../../support/checks';
import { ArgumentError, describe } from '../../support/errors';
import { forEachElement } from '../../support/forEachElement';
import { toUnitRange } from '../../transforms/normalize';
import type { ImageBatches } from '../extractFeatures';
import { readLabels } from '../readLabels';

/** A batch of labeled raw images in one or more versions. */
export interface LabeledBatch {
  /** float32, of int32 in 0 … 1, by the names in `xs`; images that have none are called `image`. */
  images: { [name: string]: tf.Tensor4D };
  labels: readonly number[];
  /** Index of the batch's first image in the data. */
  start: number;
}

/**
 * Visits all batches of labeled raw images, one after the other, and disposes what they held.
 *
 * @throws ArgumentError for images without labels, of another shape than `[N, H, W, C]`, or with a value that is NaN or
 *   infinite.
 */
export async function forEachLabeledBatch(
  source: ImageBatches,
  visit: (batch: LabeledBatch) => Promise<void>,
): Promise<void> {
  let start = 0;
  await forEachElement('input source', source, async (element) => {
    const { xs, ys } = readPair(element);
    const images = tf.tidy(() => readImages(xs));
    try {
      for (const version of Object.values(images)) await checkFinite('input source', version);
      const labels = await readLabels(ys, Object.values(images)[0].shape[0]);
      await visit({ images, labels, start });
      start += labels.length;
    } finally {
      tf.dispose(images);
    }
  });
}

type Versions = tf.Tensor | { [name: string]: tf.TensorContainer };

function readPair(element: tf.TensorContainer): { xs: Versions; ys: tf.TensorContainer } {
  const pair = element as { xs?: tf.TensorContainer; ys?: tf.TensorContainer } | null;
  if (pair && !(pair instanceof tf.Tensor) && typeof pair.xs === 'object' && pair.xs && pair.ys)
    return { xs: pair.xs as Versions, ys: pair.ys };
  throw new ArgumentError('input source', 'batches {xs, ys} of images with labels', describe(element));
}

function readImages(xs: Versions): LabeledBatch['images'] {
  const versions = Object.entries(xs instanceof tf.Tensor ? { image: xs } : xs);
  if (versions.length === 0) throw new ArgumentError('input source', 'batches {xs, ys} with images in xs', 'none');
  const fits = ({ rank, size }: tf.Tensor) => rank === 4 && size > 0;
  return Object.fromEntries(
    versions.map(([name, x]) => {
      const images = checkTensor('input source', x as tf.Tensor4D, 'batches of images [N, H, W, C]', fits);
      return [name, tf.clone(toUnitRange(images))];
    }),
  );
}
