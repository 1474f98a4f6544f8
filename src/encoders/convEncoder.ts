import * as tfl from '@tensorflow/tfjs-layers';
import { readOptions } from '../support/options';
import { blocks, poolToModel, relu } from './blocks';
import { type EncoderArgs, imageShape, networkOptions, sizes } from './encoderArgs';

/** The width and depth of a convolutional encoder. */
export interface ConvEncoderArgs extends EncoderArgs {
  /** `[height, width, channels]` of one image. @default [32, 32, 3] */
  inputShape?: number[];

  /** Channels of each stride-2 block; the last is the width of the features. @default [32, 64, 128, 256] */
  filters?: number[];
}

export const convEncoderOptions = {
  inputShape: imageShape([32, 32, 3]),
  filters: sizes({ min: 1, default: [32, 64, 128, 256] }),
  ...networkOptions,
};

/**
 * Makes a small convolutional encoder: blocks of stride-2 3x3 convolution, batch normalization and ReLU, then global
 * average pooling. `[N, H, W, C]`, any finite values, to `[N, filters.at(-1)]`, at least 0.
 *
 * @throws ArgumentError if an option is not as described.
 */
export function convEncoder(args: ConvEncoderArgs = {}): tfl.LayersModel {
  const { inputShape, filters, name, ...options } = readOptions('convEncoder', args, convEncoderOptions);
  const { convolution } = blocks(options);

  const input = tfl.input({ shape: inputShape });
  let x = input;
  for (const width of filters) x = relu(convolution(x, { filters: width, kernelSize: 3, strides: 2 }));
  return poolToModel(input, x, name);
}
