import * as tf from '@tensorflow/tfjs-core';
import { checkFinite } from '../../support/checkFinite';
import { checkTensor } from '../../support/checks';
import { ArgumentError, describe } from '../../support/errors';
import { forEachElement } from '../../support/forEachElement';
import { toUnitRange } from '../../transforms/normalize';
import { checkUnitRange } from '../checkUnitRange';
import type { ImageBatches } from '../extractFeatures';
import { pairOf } from '../pairOf';
import { readLabels } from '../readLabels';
import { compose } from './silhouettes';

/** Pictures of objects as `cueImages` reads them. */
export interface Pictures {
  /** float32 `[N, H, W, C]` in 0 … 1, C 1 (gray) or 3; on white where the pictures have an alpha channel. */
  images: tf.Tensor4D;
  /** The same without white: the colors of objects that are partly transparent at their edges. */
  colors: tf.Tensor4D;
  /** float32 `[N, H, W, 1]` in 0 … 1, where the pictures have an alpha channel. */
  alpha?: tf.Tensor4D;
  /** One class number a picture, where they have labels. */
  labels?: number[];
}

/**
 * Reads a batch or a whole dataset into one batch of colors, alpha and labels.
 *
 * @throws ArgumentError for anything but raw images of one shape, and for labels in some batches only.
 */
export async function readPictures(source: ImageBatches): Promise<Pictures> {
  const parts: tf.Tensor4D[] = [];
  const labels: number[] = [];
  try {
    await forEachElement('input pictures', source as tf.TensorContainer, async (element) => {
      const { xs, ys } = pairOf(element);
      const images = checkImages(xs, parts[0]?.shape);
      parts.push(tf.tidy(() => tf.clone(toUnitRange(images))));
      if (ys) labels.push(...(await readLabels(ys, images.shape[0])));
    });
    const images = tf.concat(parts);
    try {
      await checkFinite('input pictures', images);
      await checkUnitRange('input pictures', images);
      const count = images.shape[0];
      if (labels.length % count !== 0)
        throw new ArgumentError('input pictures', 'labels in every batch or in none', `${labels.length} of ${count}`);
      return { ...tf.tidy(() => splitAlpha(images)), labels: labels.length > 0 ? labels : undefined };
    } finally {
      images.dispose();
    }
  } finally {
    tf.dispose(parts);
  }
}

function checkImages(xs: tf.TensorContainer, shape?: readonly number[]): tf.Tensor4D {
  const fits = (x: tf.Tensor4D) => x.rank === 4 && x.size > 0 && x.shape[3] <= 4;
  const images = checkTensor('input pictures', xs as tf.Tensor4D, 'raw images [N, H, W, C], C from 1 to 4', fits);
  if (!shape || `${shape.slice(1)}` === `${images.shape.slice(1)}`) return images;
  throw new ArgumentError('input pictures', `batches of shape [N, ${shape.slice(1).join(', ')}]`, describe(images));
}

/** Splits off alpha, the last of two or four channels as in PNG; what lies behind is white. */
function splitAlpha(images: tf.Tensor4D): Omit<Pictures, 'labels'> {
  const channels = images.shape[3];
  if (channels % 2 === 1) return { images: tf.clone(images), colors: tf.clone(images) };
  const [colors, alpha] = tf.split(images, [channels - 1, 1], 3) as tf.Tensor4D[];
  return { images: compose(alpha, colors, tf.onesLike(colors)), colors, alpha };
}
