import * as tf from '@tensorflow/tfjs-core';
import { checkNames, checkNumber, checkRange } from '../support/errors';
import { type Random, uniform } from '../support/random';
import { checkSize, checkViewParams } from './checkViewParams';
import { checkChannels, checkNormalization, type NormalizeArgs, toUnitRange } from './normalize';
import { applyInChunks } from './operations/applyInChunks';
import { grayAndNormalize } from './operations/blend';
import { type ColorJitter, jitterColors, sampleColorJitter } from './operations/colorJitter';
import { gaussianBlur } from './operations/gaussianBlur';
import { type Crop, resizeCrops, sampleCrop } from './operations/resizedCrop';
import { type RandomTransform, randomTransform } from './randomTransform';

/** Options of `mocoV2Augmentation`. */
export interface MocoV2AugmentationArgs extends NormalizeArgs {
  /** Side of the output, or `[height, width]`, in pixels. @default the image's own */
  size?: number | [number, number];
  /** Share of the area that a crop keeps. @default [0.2, 1] */
  scale?: [number, number];
  /** Aspect ratio, width by height, of a crop. @default [3/4, 4/3] */
  ratio?: [number, number];
  /** Brightness factors are drawn within 1 ± this. @default 0.4 */
  brightness?: number;
  /** Contrast factors are drawn within 1 ± this. @default 0.4 */
  contrast?: number;
  /** Saturation factors are drawn within 1 ± this. @default 0.4 */
  saturation?: number;
  /** Hue shifts are drawn within ± this share of the color circle, at most 0.5. @default 0.1 */
  hue?: number;
  /** Probability that an image's colors are jittered. @default 0.8 */
  jitterProbability?: number;
  /** Probability that an image becomes gray. @default 0.2 */
  grayscaleProbability?: number;
  /** Range of the Gaussian blur's sigma, in pixels of the output. @default [0.1, 2] */
  blurSigma?: [number, number];
  /** Probability that an image is blurred. @default 0.5 */
  blurProbability?: number;
  /** Probability that an image is mirrored. @default 0.5 */
  flipProbability?: number;
}

/** One image's draw, a plain object. */
export interface ViewParams {
  crop: Crop;
  flip: boolean;
  /** Absent: the colors stay. */
  jitter?: ColorJitter;
  grayscale: boolean;
  /** 0: not blurred. */
  blurSigma: number;
  /** Height and width of the view, the same for all of a batch; the option `size` goes first. @default the image's own */
  size?: readonly [number, number];
}

/** What `mocoV2Augmentation` makes: the two halves of an augmentation, draw and apply. */
export type MocoV2Augmentation = RandomTransform<ViewParams>;

/**
 * MoCo v2's augmentation: RandomResizedCrop, ColorJitter in random order, grayscale, Gaussian blur, horizontal flip,
 * normalization, each image by its own draw and no more kernels for a larger batch. On a CPU, where that is faster, large
 * batches go in parts.
 *
 * `apply` takes raw images, float32 in 0 … 1 or int32 in 0 … 255, of shape `[H, W, 3]` or `[N, H, W, 3]`, and gives
 * float32 (x - mean) / standardDeviation at `size`. Crops are bilinear with half-pixel centers and no antialiasing; they
 * are kept as fractions, so that a draw made for one image also fits its texture of another size, and the view's size is
 * part of the draw.
 *
 * Source: Chen et al. 2020 (MoCo v2), as in the authors' training script.
 * @throws ArgumentError for options out of range, and for images that do not have three channels.
 */
export function mocoV2Augmentation(args: MocoV2AugmentationArgs = {}): MocoV2Augmentation {
  const options = checkArgs(args);
  const { size, scale, ratio, mean, standardDeviation } = options;

  const sample = (shape: readonly number[], random: Random): ViewParams => {
    checkChannels('mocoV2Augmentation()', shape);
    const crop = sampleCrop(shape, scale, ratio, random);
    const jitter = sampleColorJitter(options, random);
    const happens = (probability: number) => random() < probability;
    return {
      crop,
      jitter: happens(options.jitterProbability) ? jitter : undefined,
      grayscale: happens(options.grayscaleProbability),
      blurSigma: happens(options.blurProbability) ? uniform(random, ...options.blurSigma) : 0,
      flip: happens(options.flipProbability),
      size: size ?? [shape[0], shape[1]],
    };
  };

  const apply = (images: tf.Tensor4D, draws: readonly ViewParams[], isChunk: boolean): tf.Tensor4D => {
    const [, ...shape] = images.shape;
    checkChannels('mocoV2Augmentation()', shape);
    const common = checkViewParams(draws);
    const target = size ?? common ?? [shape[0], shape[1]];
    const crops = draws.map(({ crop }) => crop);
    const cropped = resizeCrops(
      toUnitRange(images),
      crops,
      draws.map(({ flip }) => flip),
      target,
    );
    const [batch, channels, pixels] = [draws.length, 3, target[0] * target[1]];
    const planes = tf.transpose(tf.reshape(cropped, [batch, pixels, channels]), [0, 2, 1]) as tf.Tensor3D;
    const jitters = draws.map(({ jitter }) => jitter);
    const gray = draws.map(({ grayscale }) => grayscale);
    // Ahead of the blur, with which it commutes: so it is one product with the gray.
    const normalized = grayAndNormalize(jitterColors(planes, jitters, isChunk), gray, mean, standardDeviation);
    const sigmas = draws.map(({ blurSigma }) => blurSigma);
    const mayBlur = !isChunk && options.blurProbability > 0;
    const largest = Math.max(mayBlur ? options.blurSigma[1] : 0, ...sigmas);
    return gaussianBlur(tf.reshape(normalized, [batch, channels, ...target]), sigmas, Math.ceil(3 * largest));
  };

  // A part of images alike can leave out what none of them needs.
  const groupOf = ({ jitter, blurSigma }: ViewParams) => `${jitter?.order.indexOf('hue')} ${blurSigma > 0}`;
  return randomTransform(sample, (images, draws) => applyInChunks(images, draws, groupOf, apply));
}

function checkArgs(args: MocoV2AugmentationArgs) {
  const defaults = {
    size: undefined as MocoV2AugmentationArgs['size'],
    scale: [0.2, 1] as [number, number],
    ratio: [3 / 4, 4 / 3] as [number, number],
    brightness: 0.4,
    contrast: 0.4,
    saturation: 0.4,
    hue: 0.1,
    jitterProbability: 0.8,
    grayscaleProbability: 0.2,
    blurSigma: [0.1, 2] as [number, number],
    blurProbability: 0.5,
    flipProbability: 0.5,
    mean: undefined as NormalizeArgs['mean'],
    standardDeviation: undefined as NormalizeArgs['standardDeviation'],
  };
  checkNames('mocoV2Augmentation()', args, Object.keys(defaults));
  const given = Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
  const { size, ...options } = { ...defaults, ...given } as typeof defaults;
  checkRange('scale', options.scale, { above: 0, max: 1 });
  checkRange('ratio', options.ratio, { above: 0 });
  checkRange('blurSigma', options.blurSigma, { min: 0 });
  for (const name of ['brightness', 'contrast', 'saturation'] as const) checkNumber(name, options[name], { min: 0 });
  checkNumber('hue', options.hue, { min: 0, max: 0.5 });
  for (const name of ['jitterProbability', 'grayscaleProbability', 'blurProbability', 'flipProbability'] as const)
    checkNumber(name, options[name], { min: 0, max: 1 });
  const { mean, standardDeviation } = options;
  const normalization = checkNormalization('mocoV2Augmentation()', { mean, standardDeviation });
  return { ...options, ...normalization, size: size === undefined ? undefined : checkSize(size) };
}
