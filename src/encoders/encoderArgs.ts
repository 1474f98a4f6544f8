import type * as tfl from '@tensorflow/tfjs-layers';
import { checkFunction, checkList, checkNames, checkNumber, checkText } from '../support/errors';

export type StockBatchNormalizationArgs = NonNullable<Parameters<typeof tfl.layers.batchNormalization>[0]>;

/** Makes a batch normalization layer: tfjs-layers' own, or a faster one that computes the same. */
export type BatchNormalizationFactory = (args: StockBatchNormalizationArgs) => tfl.layers.Layer;

/** What every encoder of this package can be told. */
export interface EncoderArgs {
  /** `[height, width, channels]` of one image. */
  inputShape?: number[];

  /** The initial weights are a function of this integer and the architecture. @default 0 */
  seed?: number;

  /**
   * Makes the batch normalization layers, which are given PyTorch's defaults (momentum .9, epsilon 1e-5).
   *
   * @default tfl.layers.batchNormalization
   */
  batchNormalization?: BatchNormalizationFactory;

  /** The model's name. @default chosen by tfjs */
  name?: string;
}

const commonNames = ['inputShape', 'seed', 'batchNormalization', 'name'];

/** Checks the options that all encoders share, and that there are no others but `own`. @throws ArgumentError */
export function checkEncoderArgs(owner: string, args: EncoderArgs, own: readonly string[] = []): void {
  checkNames(owner, args, [...commonNames, ...own]);
  const { inputShape, seed, batchNormalization, name } = args;
  const isImage = (length: number) => length === 3;
  if (inputShape !== undefined)
    checkList('inputShape', inputShape, 'an array [height, width, channels]', isImage, checkSize);
  if (seed !== undefined) checkNumber('seed', seed, { integer: true });
  if (batchNormalization !== undefined) checkFunction('batchNormalization', batchNormalization);
  if (name !== undefined) checkText('name', name);
}

const checkSize = (name: string, size: unknown) => checkNumber(name, size, { min: 1, integer: true });

/** Returns `value` if it is a list of positive integers. @throws ArgumentError otherwise. */
export function checkSizes(option: string, value: unknown, minLength = 1): number[] {
  const fits = (length: number) => length >= minLength;
  return checkList(option, value, `an array of at least ${minLength} integers`, fits, checkSize);
}
