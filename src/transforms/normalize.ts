import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError, checkList, checkNames, checkNumber, checkTensor, describe } from '../support/errors';

/** Options of `normalize`. */
export interface NormalizeArgs {
  /** Subtracted from each channel. @default ImageNet's [0.485, 0.456, 0.406] */
  mean?: [number, number, number];
  /** Each channel is divided by it. @default ImageNet's [0.229, 0.224, 0.225] */
  standardDeviation?: [number, number, number];
}

const imageNet = { mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225] } as const;

/**
 * Brings raw images to the values that an encoder was trained on, without augmentation: (x - mean) / standardDeviation.
 *
 * @param images `[..., 3]`, float32 in 0 … 1 or int32 in 0 … 255.
 * @returns float32 of the same shape.
 * @throws ArgumentError for images that do not have three channels, and options that are not three numbers.
 */
export function normalize<T extends tf.Tensor>(images: T, args: NormalizeArgs = {}): T {
  const { mean, standardDeviation } = checkNormalization('normalize()', args);
  checkTensor('input images', images, 'raw images [..., 3]', ({ size }) => size > 0);
  checkChannels('normalize()', images.shape);
  return tf.tidy(() => {
    // A row of pixels at a time: wasm takes ten times as long to repeat three values pixel by pixel.
    const pixels = images.shape[images.rank - 2] ?? 1;
    const rowOf = (triple: number[]) => tf.tile(tf.tensor1d(triple), [pixels]);
    const rows = tf.reshape(toUnitRange(images), [-1, 3 * pixels]);
    return tf.reshape(tf.div(tf.sub(rows, rowOf(mean)), rowOf(standardDeviation)), images.shape) as T;
  });
}

/** float32 in 0 … 1, whichever of the two raw forms came in. */
export function toUnitRange<T extends tf.Tensor>(images: T): T {
  return (images.dtype === 'int32' ? tf.div(tf.cast(images, 'float32'), 255) : images) as T;
}

export function checkChannels(owner: string, shape: readonly number[]): void {
  if (shape[shape.length - 1] !== 3)
    throw new ArgumentError(
      `the images of ${owner}`,
      'three channels, red, green and blue',
      `shape ${describe([...shape])}`,
    );
}

/** The two options with their defaults. */
export function checkNormalization(
  owner: string,
  args: NormalizeArgs,
): { mean: number[]; standardDeviation: number[] } {
  checkNames(owner, args, ['mean', 'standardDeviation']);
  const { mean = [...imageNet.mean], standardDeviation = [...imageNet.standardDeviation] } = args;
  return {
    mean: checkTriple('mean', mean),
    standardDeviation: checkTriple('standardDeviation', standardDeviation, { above: 0 }),
  };
}

function checkTriple(option: string, value: unknown, bounds: { above?: number } = {}): number[] {
  const isTriple = (length: number) => length === 3;
  return checkList(option, value, 'three numbers, one a channel', isTriple, (name, n) => checkNumber(name, n, bounds));
}
