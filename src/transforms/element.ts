import * as tf from '@tensorflow/tfjs-core';
import { countKeys, type ImageKey, keysOf, tagKeys } from '../data/imageKeys';
import { extentOf, tagExtent } from '../data/valueRange';
import { ArgumentError } from '../support/errors';
import { tensorTag } from '../support/tensorTag';
import { readElement } from './readElement';

/**
 * What a transform returns: images by name (`image`, or `query` and `key`, and `negative_0`, `negative_1` …), each
 * `[H, W, C]` or `[N, H, W, C]`, and labels.
 */
export interface ContrastiveElement {
  /** Makes the element a `tf.TensorContainer`; it has no other fields. */
  [name: string]: tf.TensorContainer;
  /** Views and negatives by the names of the model's inputs. */
  xs: { [name: string]: tf.Tensor };
  /** Labels; zeros where the source has none. */
  ys: tf.Tensor;
}

/** A function for `tf.data.Dataset.map`; accepts an image, a batch of images, or `{xs, ys}` with either. */
export type Transform = (element: tf.TensorContainer) => ContrastiveElement;

/** What a transform works on: image batches `[N, H, W, C]` by name, and the key of each image. */
interface ImageBatch {
  images: { [name: string]: tf.Tensor4D };
  keys: readonly ImageKey[];
}

/** The element that holds a query; from it layers see which negatives were made. */
export const { set: tagElement, get: elementOf } = tensorTag<ContrastiveElement>('element');

/**
 * Makes a `Dataset.map` function of a function over batches.
 *
 * A single image is a batch of one, so a batch gives the same bytes as its images one by one. The result's images keep
 * the keys that a seeded dataset gave them; elsewhere the transform counts them itself.
 */
export function transformImages(name: string, change: (batch: ImageBatch) => ImageBatch['images']): Transform {
  const count = countKeys();
  return (element) =>
    tf.tidy(() => {
      const { xs, ys } = readElement(name, element);
      const tensors = Object.values(xs);
      const single = tensors[0].rank === 3;
      const batched = mapValues(xs, (x) => (single ? keepExtent(x, tf.expandDims(x, 0)) : x) as tf.Tensor4D);
      const size = single ? 1 : tensors[0].shape[0];
      const known = tensors.map(keysOf).find((keys) => keys?.length === size);
      const changed = change({ images: batched, keys: known ?? count(size) });
      const result = {
        xs: mapValues(changed, (x) => {
          const image: tf.Tensor = single ? keepExtent(x, tf.squeeze(x, [0])) : x;
          return known ? tagKeys(image, known) : image;
        }),
        ys: ys ?? tf.zeros(single ? [1] : [size, 1]),
      };
      if (result.xs.query) tagElement(result.xs.query, result);
      return result;
    });
}

/** Returns the images that a negative is made of: the query view after `twoViews`, the image itself before it. */
export function negativeSource(name: string, images: ImageBatch['images']): tf.Tensor4D {
  const source = images.query ?? images.image;
  if (source) return source;
  throw new ArgumentError(
    `the input of ${name}()`,
    'xs with an image or a query',
    `xs with ${Object.keys(images).join(', ')}`,
  );
}

/** Returns the names of the negatives among `images`, in the order in which they were made. */
export function negativeNames(images: object): string[] {
  const number = (name: string) => Number(name.slice('negative_'.length));
  return Object.keys(images)
    .filter((name) => /^negative_\d+$/.test(name))
    .sort((a, b) => number(a) - number(b));
}

/** Tags images with the extent of the values that they are made of, if it is known. */
export function keepExtent<T extends tf.Tensor>(from: tf.Tensor, to: T): T {
  const extent = extentOf(from);
  return extent ? tagExtent(to, extent) : to;
}

function mapValues<A, B>(record: { [name: string]: A }, f: (value: A) => B): { [name: string]: B } {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value)]));
}
