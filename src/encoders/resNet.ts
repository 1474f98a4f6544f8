import * as tfl from '@tensorflow/tfjs-layers';
import { readOptions } from '../support/options';
import { blocks, connect, pad, poolToModel, relu } from './blocks';
import { type EncoderArgs, imageShape, networkOptions } from './encoderArgs';

/** The input and initial weights of a ResNet. */
export interface ResNetArgs extends EncoderArgs {
  /** `[height, width, channels]` of one image. @default [224, 224, 3] */
  inputShape?: number[];
}

export const resNetOptions = { inputShape: imageShape([224, 224, 3]), ...networkOptions };

/**
 * Makes a ResNet-18 without its classifier (He et al. 2016, torchvision's form): 11,176,512 trainable parameters,
 * features of width 512. `[N, H, W, C]`, any finite values, to `[N, 512]`, at least 0.
 *
 * @throws ArgumentError if an option is not as described.
 */
export function resNet18(args: ResNetArgs = {}): tfl.LayersModel {
  return resNet('resNet18', args, 'basicBlock', [64, 128, 256, 512], [2, 2, 2, 2]);
}

/**
 * Makes a ResNet-50 without its classifier (He et al. 2016, torchvision's form: the stride sits on the 3x3
 * convolution): 23,508,032 trainable parameters, features of width 2048. `[N, H, W, C]`, any finite values, to `[N,
 * 2048]`, at least 0.
 *
 * @throws ArgumentError if an option is not as described.
 */
export function resNet50(args: ResNetArgs = {}): tfl.LayersModel {
  return resNet('resNet50', args, 'bottleneckBlock', [256, 512, 1024, 2048], [3, 4, 6, 3]);
}

function resNet(
  owner: string,
  args: ResNetArgs,
  kind: 'basicBlock' | 'bottleneckBlock',
  filters: number[],
  depths: number[],
): tfl.LayersModel {
  const { inputShape, name, ...options } = readOptions(owner, args, resNetOptions);
  const parts = blocks(options);
  const input = tfl.input({ shape: inputShape });
  const stem = relu(parts.convolution(input, { filters: 64, kernelSize: 7, strides: 2 }));
  // Zeros serve as well as the minus infinity of PyTorch's max-pooling: after ReLU nothing is below them.
  let x = connect(tfl.layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'valid' }), pad(stem, 1));
  filters.forEach((width, stage) => {
    for (let block = 0; block < depths[stage]; block++) x = parts[kind](x, width, stage > 0 && block === 0 ? 2 : 1);
  });
  return poolToModel(input, x, name);
}
