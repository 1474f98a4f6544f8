import * as tf from '@tensorflow/tfjs-core';
import { readOptions } from '../support/options';
import { type Random, uniform } from '../support/random';
import { withRecipe } from '../support/recipe';
import { type MocoV2AugmentationArgs, mocoV2AugmentationOptions } from './mocoV2AugmentationArgs';
import { channelStatistics } from './normalize';
import { applyInChunks } from './operations/applyInChunks';
import { grayAndNormalize } from './operations/blend';
import { jitterColors, sampleColorJitter } from './operations/colorJitter';
import { gaussianBlur } from './operations/gaussianBlur';
import { resizeCrops, sampleCrop } from './operations/resizedCrop';
import { type RandomTransform, randomTransform } from './randomTransform';
import { rangeCheck, toUnitRange } from './rawImages';
import { checkViewParams, type ViewParams } from './viewParams';

/** Samples the params of views, and applies them. */
export type MocoV2Augmentation = RandomTransform<ViewParams>;

/**
 * Augments images as MoCo v2: RandomResizedCrop, ColorJitter in random order, grayscale, Gaussian blur, horizontal
 * flip, normalization. Each image has its own params; a larger batch takes no more kernels.
 *
 * `apply` takes raw images `[H, W, C]` or `[N, H, W, C]`, float32 in 0 … 1 or int32 in 0 … 255 (see `range`), and gives
 * float32 (x - mean) / standardDeviation at `size`. Crops are bilinear with half-pixel centers and no antialiasing.
 * They are fractions, so that params of an image also fit its texture of another size; the view's size is part of the
 * params.
 *
 * Saturation, hue and grayscale need red, green and blue: other numbers of channels keep brightness and contrast, the
 * latter around the mean of all channels. So one channel gives what a gray image of three equal channels gives.
 *
 * Images of a `contrastiveDataset` are checked at its first batch. Elsewhere the first batch (the first 16 images) is
 * read off the step: values outside of the range are then a warning, and an error at the next call.
 *
 * Source: Chen et al. 2020 (MoCo v2), as in the authors' training script.
 * @throws ArgumentError for options out of range, images of another range, and lists without one number a channel.
 */
export function mocoV2Augmentation(args: MocoV2AugmentationArgs = {}): MocoV2Augmentation {
  return withRecipe('mocoV2Augmentation', args, makeAugmentation('mocoV2Augmentation', args));
}

/** Makes the augmentation. @param owner The function that errors name. */
export function makeAugmentation(owner: string, args: MocoV2AugmentationArgs): MocoV2Augmentation {
  const options = readOptions(owner, args, mocoV2AugmentationOptions);
  const checkRange = rangeCheck(owner, options.range);

  // Images of one group can leave out what none of them needs.
  const groupOf = ({ jitter, blurSigma }: ViewParams) => `${jitter?.order.indexOf('hue')} ${blurSigma > 0}`;
  const applyBatch = (images: tf.Tensor4D, params: readonly ViewParams[]) => {
    checkRange(images);
    return applyInChunks(images, params, groupOf, (...chunk) => applyViews(options, ...chunk));
  };
  return randomTransform((shape, random) => sampleView(options, shape, random), applyBatch);
}

type Options = ReturnType<typeof readOptions<MocoV2AugmentationArgs, typeof mocoV2AugmentationOptions>>;

/** Chooses crops and blur by the views' size, as MoCo v2's are for views of 224 pixels. */
function cropAndBlur({ scale, blurSigma, blurProbability }: Options, size: readonly number[]) {
  const isSmall = Math.min(...size) < 64;
  return {
    scale: scale ?? ([isSmall ? 0.5 : 0.2, 1] as [number, number]),
    blurSigma: blurSigma ?? ([0.1, 2] as [number, number]),
    blurProbability: blurProbability ?? (isSmall && !blurSigma ? 0 : 0.5),
  };
}

function sampleView(options: Options, [height, width]: readonly number[], random: Random): ViewParams {
  const size = options.size ?? [height, width];
  const { scale, blurSigma, blurProbability } = cropAndBlur(options, size);
  const crop = sampleCrop([height, width], scale, options.ratio, random);
  const jitter = sampleColorJitter(options, random);
  const happens = (probability: number) => random() < probability;
  return {
    crop,
    jitter: happens(options.jitterProbability) ? jitter : undefined,
    grayscale: happens(options.grayscaleProbability),
    blurSigma: happens(blurProbability) ? uniform(random, ...blurSigma) : 0,
    flip: happens(options.flipProbability),
    size,
  };
}

function applyViews(
  options: Options,
  images: tf.Tensor4D,
  params: readonly ViewParams[],
  isChunk: boolean,
): tf.Tensor4D {
  const [batch, height, width, channels] = images.shape;
  const { mean, standardDeviation } = channelStatistics(options, channels);
  const common = checkViewParams(params);
  const size = options.size ?? common ?? [height, width];
  const crops = params.map(({ crop }) => crop);
  const flips = params.map(({ flip }) => flip);
  const cropped = resizeCrops(toUnitRange(images, options.range), crops, flips, size);
  const pixels = tf.reshape(cropped, [batch, size[0] * size[1], channels]);
  const planes = tf.transpose(pixels, [0, 2, 1]) as tf.Tensor3D;
  const jitters = params.map(({ jitter }) => jitter);
  const gray = params.map(({ grayscale }) => grayscale);
  // Ahead of the blur, with which it commutes: so it is one product with the gray.
  const normalized = grayAndNormalize(jitterColors(planes, jitters, isChunk), gray, mean, standardDeviation);
  const sigmas = params.map(({ blurSigma }) => blurSigma);
  const { blurSigma, blurProbability } = cropAndBlur(options, size);
  const mayBlur = !isChunk && blurProbability > 0;
  const maxSigma = Math.max(mayBlur ? blurSigma[1] : 0, ...sigmas);
  return gaussianBlur(tf.reshape(normalized, [batch, channels, ...size]), sigmas, Math.ceil(3 * maxSigma));
}
