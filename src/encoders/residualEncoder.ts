import * as tfl from '@tensorflow/tfjs-layers';
import { ArgumentError, describe } from '../support/errors';
import { integer, optional, readOptions } from '../support/options';
import { blocks, poolToModel, relu } from './blocks';
import { type EncoderArgs, imageShape, networkOptions, sizes } from './encoderArgs';

/** The width and depth of a residual encoder. */
export interface ResidualEncoderArgs extends EncoderArgs {
  /** `[height, width, channels]` of one image. @default [32, 32, 3] */
  inputShape?: number[];

  /** Channels of each stage; every stage but the first halves the resolution. @default [32, 64, 128, 256] */
  filters?: number[];

  /** Basic blocks of each stage. @default one a stage */
  blocks?: number[];

  /** Stride of the first 3x3 convolution: 1 suits 32 px, 2 suits 64 px. @default 1 */
  stemStrides?: number;
}

export const residualEncoderOptions = {
  inputShape: imageShape([32, 32, 3]),
  filters: sizes({ min: 1, default: [32, 64, 128, 256] }),
  blocks: optional(sizes({ min: 1 })),
  stemStrides: integer({ min: 1, default: 1 }),
  ...networkOptions,
};

/**
 * Makes a residual network for images of 32 to 64 pixels: a 3x3 convolution, stages of basic blocks (ResNet's CIFAR
 * form, without max pooling), global average pooling. `[N, H, W, C]`, any finite values, to `[N, filters.at(-1)]`, at
 * least 0.
 *
 * `filters: [64, 128, 256, 512], blocks: [2, 2, 2, 2]` is the ResNet-18 that is customary for CIFAR-10.
 *
 * @throws ArgumentError if an option is not as described.
 */
export function residualEncoder(args: ResidualEncoderArgs = {}): tfl.LayersModel {
  const options = readOptions('residualEncoder', args, residualEncoderOptions);
  const { inputShape, filters, stemStrides } = options;
  const depths = options.blocks ?? filters.map(() => 1);
  if (depths.length !== filters.length)
    throw new ArgumentError('option blocks', `${filters.length} integers, one a stage`, describe(depths));
  const { convolution, basicBlock } = blocks(options);

  const input = tfl.input({ shape: inputShape });
  let x = relu(convolution(input, { filters: filters[0], kernelSize: 3, strides: stemStrides }));
  filters.forEach((width, stage) => {
    for (let block = 0; block < depths[stage]; block++) x = basicBlock(x, width, stage > 0 && block === 0 ? 2 : 1);
  });
  return poolToModel(input, x, options.name);
}
