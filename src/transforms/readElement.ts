import * as tf from '@tensorflow/tfjs-core';
import { type Label, labelTensor } from '../data/labels';
import { ArgumentError, describe } from '../support/errors';
import { isRecord } from '../support/isRecord';

/** Reads the forms of an element, and checks that every image has a shape and type that transforms accept. */
export function readElement(
  name: string,
  element: tf.TensorContainer,
): { xs: { [name: string]: tf.Tensor }; ys?: tf.Tensor } {
  const input = `the input of ${name}()`;
  const { xs, ys } = element instanceof tf.Tensor || !isRecord(element) ? { xs: element, ys: undefined } : element;
  // One image alone needs no name: an element may name it as the model to be replaced does.
  const named = isRecord(xs) && !(xs instanceof tf.Tensor) ? xs : { image: xs };
  const tensors = Object.values(named);
  const isOwnName = /^(query|key|negative_\d+)$/.test(Object.keys(named)[0]);
  const images = tensors.length === 1 && !isOwnName ? { image: tensors[0] } : named;
  if (tensors.length === 0 || !tensors.every((x) => x instanceof tf.Tensor))
    throw new ArgumentError(input, 'an image tensor, or {xs, ys} with image tensors in xs', describe(element));
  checkImages(input, tensors as tf.Tensor[]);
  // Before `.batch`, labels of tf.data may be plain numbers.
  const labels = ys === undefined ? undefined : labelTensor(`the labels of ${name}()`, ys as Label);
  return { xs: images as { [name: string]: tf.Tensor }, ys: labels };
}

function checkImages(input: string, images: readonly tf.Tensor[]): void {
  const [first] = images;
  for (const x of images) {
    if (x.isDisposed || x.rank !== first.rank || (x.rank !== 3 && x.rank !== 4) || x.size === 0)
      throw new ArgumentError(input, 'images of shape [H, W, C] or [N, H, W, C]', describe(x));
    if (x.rank === 4 && x.shape[0] !== first.shape[0])
      throw new ArgumentError(input, `${first.shape[0]} images in each entry of xs`, describe(x));
    if (x.dtype !== 'float32' && x.dtype !== 'int32')
      throw new ArgumentError(input, 'images of type float32 or int32', describe(x));
  }
}
