import * as tf from '@tensorflow/tfjs-core';
import type { ValueRange } from '../data/valueRange';
import { checkIsCalled } from '../support/checkIsCalled';
import { checkTensor } from '../support/checks';
import { ArgumentError, describe } from '../support/errors';
import { list, number, optional, readOptions } from '../support/options';
import { toUnitRange, valueRange, warnOfRange } from './rawImages';

export { toUnitRange };

/** How raw images become what an encoder is trained on: (x - mean) / standardDeviation, with x in 0 … 1. */
export interface NormalizeArgs {
  /**
   * Subtracted from each channel.
   * @default ImageNet's [0.485, 0.456, 0.406]; 0.449 where there are not three channels
   */
  mean?: number[];
  /** Divides each channel. @default ImageNet's [0.229, 0.224, 0.225]; 0.226 where there are not three channels */
  standardDeviation?: number[];
  /**
   * Values of raw images, mapped to 0 … 1 first: `[-1, 1]`, or `[0, 255]` for float32.
   * @default [0, 1] for float32, [0, 255] for int32
   */
  range?: ValueRange;
}

export const normalizeOptions = {
  mean: optional(list(number(), 'a list of numbers, one a channel', { min: 1 })),
  standardDeviation: optional(list(number({ above: 0 }), 'a list of numbers, one a channel', { min: 1 })),
  range: valueRange,
};

/**
 * Normalizes raw images without augmentation: (x - mean) / standardDeviation.
 *
 * Some images of a program, the first among them, are checked off the step: values outside of the range are a warning.
 *
 * @param images `[..., C]`, float32 in 0 … 1 or int32 in 0 … 255; with the option `range`, any other range.
 * @returns float32 of the same shape.
 * @throws ArgumentError for lists that do not have one number a channel.
 */
export function normalize<T extends tf.Tensor>(images: T, args: NormalizeArgs = {}): T {
  checkIsCalled('normalize', args);
  const { range, ...options } = readOptions('normalize', args, normalizeOptions);
  const isImage = ({ rank, size }: T) => rank > 0 && size > 0;
  checkTensor('input images', images, 'raw images [..., C]', isImage);
  const channels = images.shape[images.rank - 1];
  const { mean, standardDeviation } = channelStatistics(options, channels);
  warnOfRange('normalize', images, range);
  return tf.tidy(() => {
    // A row of pixels at a time: wasm takes ten times as long to repeat a few values pixel by pixel.
    const pixels = images.shape[images.rank - 2] ?? 1;
    const rowOf = (values: number[]) => tf.tile(tf.tensor1d(values), [pixels]);
    const rows = tf.reshape(toUnitRange(images, range), [-1, channels * pixels]);
    return tf.reshape(tf.div(tf.sub(rows, rowOf(mean)), rowOf(standardDeviation)), images.shape) as T;
  });
}

/** Mean and standard deviation of ImageNet, as torchvision gives them. */
const imageNet = { mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225] };

/** The mean of the three, as usual for gray images. */
const oneChannel = { mean: 0.449, standardDeviation: 0.226 };

/** Returns one mean and one standard deviation a channel. @throws ArgumentError for a list of another length. */
export function channelStatistics(
  args: Pick<NormalizeArgs, 'mean' | 'standardDeviation'>,
  channels: number,
): { mean: number[]; standardDeviation: number[] } {
  const statistic = (name: keyof typeof imageNet) => {
    const values = args[name] ?? (channels === 3 ? imageNet[name] : Array<number>(channels).fill(oneChannel[name]));
    if (values.length === channels) return values;
    throw new ArgumentError(`option ${name}`, `${channels} numbers, one a channel of the images`, describe(values));
  };
  return { mean: statistic('mean'), standardDeviation: statistic('standardDeviation') };
}

/** Refuses images that are not red, green and blue. @throws ArgumentError */
export function checkChannels(owner: string, shape: readonly number[]): void {
  if (shape[shape.length - 1] !== 3)
    throw new ArgumentError(
      `the images of ${owner}`,
      'three channels, red, green and blue',
      `shape ${describe([...shape])}`,
    );
}
