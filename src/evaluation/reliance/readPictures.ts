import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError, checkTensor, describe } from '../../support/errors';
import { toUnitRange } from '../../transforms/normalize';
import { type ImageBatches, isDataset, labelsOf } from '../extractFeatures';

/** Pictures of objects as `cueImages` reads them. */
export interface Pictures {
  /** float32 `[N, H, W, C]` in 0 … 1, C 1 (gray) or 3. */
  colors: tf.Tensor4D;
  /** float32 `[N, H, W, 1]` in 0 … 1, where the pictures have an alpha channel. */
  alpha?: tf.Tensor4D;
  /** One class number a picture, where they have labels. */
  labels?: number[];
}

/** Reads a batch or a whole dataset into one batch of colors, alpha and labels; a dataset's own tensors are freed. */
export async function readPictures(source: ImageBatches): Promise<Pictures> {
  if (!isDataset(source)) return collect([tf.tidy(() => readBatch(source))]);
  const batches: Batch[] = [];
  try {
    const iterator = await source.iterator();
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      try {
        batches.push(tf.tidy(() => readBatch(next.value)));
      } finally {
        tf.dispose(next.value);
      }
    }
  } catch (error) {
    tf.dispose(batches);
    throw error;
  }
  if (batches.length === 0) throw new ArgumentError('input pictures', 'at least one batch', 'an empty dataset');
  return collect(batches);
}

type Batch = { images: tf.Tensor4D; labels?: tf.Tensor1D };

const expected = 'raw images [N, H, W, C], C from 1 to 4';

function readBatch(element: tf.TensorContainer): Batch {
  const pair = element as { xs?: unknown; ys?: tf.Tensor } | null;
  const isPair = typeof pair === 'object' && pair !== null && !(pair instanceof tf.Tensor) && 'xs' in pair;
  const [xs, ys] = isPair ? [pair.xs, pair.ys] : [element, undefined];
  const fits = ({ rank, size, shape }: tf.Tensor) => rank === 4 && size > 0 && shape[3]! <= 4;
  const images = checkTensor('input pictures', xs as tf.Tensor4D, expected, fits);
  const labels = ys === undefined || ys === null ? undefined : labelsOf(ys, images.shape[0]);
  return { images: tf.clone(toUnitRange(images)), labels: labels && tf.clone(labels) };
}

async function collect(batches: Batch[]): Promise<Pictures> {
  try {
    const [first] = batches;
    for (const { images, labels } of batches) {
      if (`${images.shape.slice(1)}` !== `${first.images.shape.slice(1)}`)
        throw new ArgumentError(
          'input pictures',
          `batches of shape [N, ${first.images.shape.slice(1).join(', ')}]`,
          describe(images),
        );
      if (!labels !== !first.labels)
        throw new ArgumentError('input pictures', 'labels in every batch or in none', 'both');
    }
    const { colors, alpha, outside } = tf.tidy(() => {
      const images = tf.concat(batches.map(({ images }) => images));
      const inside = tf.logicalAnd(tf.greaterEqual(images, 0), tf.lessEqual(images, 1));
      return { ...splitAlpha(images), outside: tf.logicalNot(tf.all(inside)) };
    });
    const labels =
      first.labels && (await Promise.all(batches.map(({ labels }) => labels!.data()))).flatMap((part) => [...part]);
    const isOutside = (await outside.data())[0];
    outside.dispose();
    if (isOutside) {
      tf.dispose([colors, ...(alpha ? [alpha] : [])]);
      throw new ArgumentError('input pictures', 'float32 values in 0 … 1 or int32 values in 0 … 255', 'others');
    }
    return { colors, alpha, labels };
  } finally {
    tf.dispose(batches);
  }
}

/** Two and four channels end in alpha, as in PNG. */
function splitAlpha(images: tf.Tensor4D): { colors: tf.Tensor4D; alpha?: tf.Tensor4D } {
  const channels = images.shape[3];
  if (channels % 2 === 1) return { colors: images };
  const [colors, alpha] = tf.split(images, [channels - 1, 1], 3) as tf.Tensor4D[];
  return { colors, alpha };
}
