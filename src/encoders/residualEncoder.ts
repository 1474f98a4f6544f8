import * as tfl from '@tensorflow/tfjs-layers';
import { ArgumentError, checkNumber, describe } from '../support/errors';
import { blocks, poolToModel, relu } from './blocks';
import { checkEncoderArgs, checkSizes, type EncoderArgs } from './encoderArgs';

/** Options of `residualEncoder`. */
export interface ResidualEncoderArgs extends EncoderArgs {
  /** `[height, width, channels]` of one image. @default [32, 32, 3] */
  inputShape?: number[];

  /** Channels of each stage; every stage but the first halves the resolution. @default [32, 64, 128, 256] */
  filters?: number[];

  /** Basic blocks of each stage. @default one a stage */
  blocks?: number[];

  /** Stride of the 3x3 convolution in front: 1 suits 32 px, 2 suits 64 px. @default 1 */
  stemStrides?: number;
}

/**
 * A residual network for images of 32 to 64 pixels: a 3x3 convolution, stages of basic blocks (ResNet's CIFAR form: no
 * max-pooling), global average pooling. `[N, H, W, C]`, any finite values, to `[N, filters.at(-1)]`, at least 0.
 *
 * `filters: [64, 128, 256, 512], blocks: [2, 2, 2, 2]` is the ResNet-18 that is customary for CIFAR-10.
 *
 * @throws ArgumentError if an option is not as described.
 */
export function residualEncoder(args: ResidualEncoderArgs = {}): tfl.LayersModel {
  checkEncoderArgs('residualEncoder', args, ['filters', 'blocks', 'stemStrides']);
  const { inputShape = [32, 32, 3] } = args;
  const filters = checkSizes('filters', args.filters ?? [32, 64, 128, 256]);
  const depths = checkSizes('blocks', args.blocks ?? filters.map(() => 1));
  const stemStrides = checkNumber('stemStrides', args.stemStrides ?? 1, { min: 1, integer: true });
  if (depths.length !== filters.length)
    throw new ArgumentError('option blocks', `${filters.length} integers, one a stage`, describe(depths));
  const { convolution, basicBlock } = blocks(args);

  const input = tfl.input({ shape: inputShape });
  let x = relu(convolution(input, { filters: filters[0], kernelSize: 3, strides: stemStrides }));
  filters.forEach((width, stage) => {
    for (let block = 0; block < depths[stage]; block++) x = basicBlock(x, width, stage > 0 && block === 0 ? 2 : 1);
  });
  return poolToModel(input, x, args.name);
}
