import * as tf from '@tensorflow/tfjs-core';
import { countKeys, type ImageKey, keysOf, tagKeys } from '../data/imageKeys';
import { ArgumentError, describe } from '../support/errors';

/**
 * What a transform hands on: images by name (`image`, or `query` and `key`, and `negative_0`, `negative_1` …), each
 * `[H, W, C]` or `[N, H, W, C]`, and labels.
 */
export interface ContrastiveElement {
  [name: string]: tf.TensorContainer;
  xs: { [name: string]: tf.Tensor };
  ys: tf.Tensor;
}

/** A function for `tf.data.Dataset.map`; accepts an image, a batch of images, or `{xs, ys}` with either. */
export type Transform = (element: tf.TensorContainer) => ContrastiveElement;

/** The inside of a transform: image batches `[N, H, W, C]` by name, and one key for the draws of each image. */
export interface ImageBatch {
  images: { [name: string]: tf.Tensor4D };
  keys: readonly ImageKey[];
}

/**
 * Makes a `Dataset.map` function of a function over batches.
 *
 * A single image is a batch of one, so a batch gives the same bytes as its images one by one. The result's images keep
 * the identity that a seeded dataset gave them; elsewhere the transform counts them itself.
 */
export function transformImages(name: string, change: (batch: ImageBatch) => ImageBatch['images']): Transform {
  const count = countKeys();
  return (element) =>
    tf.tidy(() => {
      const { xs, ys } = readElement(name, element);
      const tensors = Object.values(xs);
      const single = tensors[0].rank === 3;
      const batched = mapValues(xs, (x) => (single ? tf.expandDims(x, 0) : x) as tf.Tensor4D);
      const size = single ? 1 : tensors[0].shape[0];
      const known = tensors.map(keysOf).find((keys) => keys?.length === size);
      const changed = change({ images: batched, keys: known ?? count(size) });
      return {
        xs: mapValues(changed, (x) => {
          const image: tf.Tensor = single ? tf.squeeze(x, [0]) : x;
          return known ? tagKeys(image, known) : image;
        }),
        ys: ys ?? tf.zeros(single ? [1] : [size, 1]),
      };
    });
}

/** Reads the three forms of an element and checks that every image has the shape and type that transforms accept. */
function readElement(name: string, element: tf.TensorContainer): { xs: { [name: string]: tf.Tensor }; ys?: tf.Tensor } {
  const input = `the input of ${name}()`;
  const { xs, ys } =
    element instanceof tf.Tensor || !isRecord(element)
      ? { xs: element, ys: undefined }
      : { xs: element.xs, ys: element.ys };
  const images = xs instanceof tf.Tensor ? { image: xs } : isRecord(xs) ? xs : {};
  const tensors = Object.values(images);
  if (tensors.length === 0 || !tensors.every((x) => x instanceof tf.Tensor))
    throw new ArgumentError(input, 'an image tensor, or {xs, ys} with image tensors in xs', describe(element));
  if (ys !== undefined && !(ys instanceof tf.Tensor || typeof ys === 'number' || Array.isArray(ys)))
    throw new ArgumentError(input, 'a tensor, number or list ys', describe(ys));
  const [first] = tensors as tf.Tensor[];
  for (const x of tensors as tf.Tensor[]) {
    if (x.isDisposed || x.rank !== first.rank || (x.rank !== 3 && x.rank !== 4) || x.size === 0)
      throw new ArgumentError(input, 'images of shape [H, W, C] or [N, H, W, C]', describe(x));
    if (x.rank === 4 && x.shape[0] !== first.shape[0])
      throw new ArgumentError(input, `${first.shape[0]} images in each entry of xs`, describe(x));
    if (x.dtype !== 'float32' && x.dtype !== 'int32')
      throw new ArgumentError(input, 'images of type float32 or int32', describe(x));
  }
  // Before `.batch`, labels of tf.data may be plain numbers; this is the tensor that `.batch` would make of them.
  const labels = typeof ys === 'number' || Array.isArray(ys) ? tf.tensor(ys as number | number[]) : ys;
  return { xs: images as { [name: string]: tf.Tensor }, ys: labels as tf.Tensor | undefined };
}

/** The images that a negative is made of: the query view after `twoViews`, the image itself before it. */
export function negativeSource(name: string, images: ImageBatch['images']): tf.Tensor4D {
  const source = images.query ?? images.image;
  if (source) return source;
  throw new ArgumentError(
    `the input of ${name}()`,
    'xs with an image or a query',
    `xs with ${Object.keys(images).join(', ')}`,
  );
}

/** The names of the negatives among `images`, in the order in which they were made. */
export function negativeNames(images: object): string[] {
  const number = (name: string) => Number(name.slice('negative_'.length));
  return Object.keys(images)
    .filter((name) => /^negative_\d+$/.test(name))
    .sort((a, b) => number(a) - number(b));
}

function mapValues<A, B>(record: { [name: string]: A }, f: (value: A) => B): { [name: string]: B } {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value)]));
}

function isRecord(value: unknown): value is { [name: string]: tf.TensorContainer } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof tf.Tensor);
}
