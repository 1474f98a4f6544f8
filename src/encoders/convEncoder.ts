import * as tfl from '@tensorflow/tfjs-layers';
import { blocks, poolToModel, relu } from './blocks';
import { checkEncoderArgs, checkSizes, type EncoderArgs } from './encoderArgs';

/** Options of `convEncoder`. */
export interface ConvEncoderArgs extends EncoderArgs {
  /** `[height, width, channels]` of one image. @default [32, 32, 3] */
  inputShape?: number[];

  /** Channels of each stride-2 block; the last is the width of the features. @default [32, 64, 128, 256] */
  filters?: number[];
}

/**
 * A small convolutional encoder: blocks of stride-2 3x3 convolution, batch normalization and ReLU, then global average
 * pooling. `[N, H, W, C]`, any finite values, to `[N, filters.at(-1)]`, at least 0.
 *
 * @throws ArgumentError if an option is not as described.
 */
export function convEncoder(args: ConvEncoderArgs = {}): tfl.LayersModel {
  checkEncoderArgs('convEncoder', args, ['filters']);
  const { inputShape = [32, 32, 3] } = args;
  const filters = checkSizes('filters', args.filters ?? [32, 64, 128, 256]);
  const { convolution } = blocks(args);

  const input = tfl.input({ shape: inputShape });
  let x = input;
  for (const width of filters) x = relu(convolution(x, { filters: width, kernelSize: 3, strides: 2 }));
  return poolToModel(input, x, args.name);
}
