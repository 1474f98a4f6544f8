import * as tf from '@tensorflow/tfjs-core';
import { checkTensor } from '../../support/checks';
import { ArgumentError, describe } from '../../support/errors';
import { choice, integer, optional, readOptions } from '../../support/options';
import { randomStream } from '../../support/random';
import { checkChannels, toUnitRange } from '../../transforms/normalize';
import { brightness, contrast } from './brightnessContrast';
import { type Corruption, type Scale, type Severity, scales } from './corruption';
import { defocusBlur } from './defocusBlur';
import { elasticTransform } from './elasticTransform';
import { fog } from './fog';
import { frost } from './frost';
import { glassBlur } from './glassBlur';
import { jpegCompression } from './jpegCompression';
import { motionBlur } from './motionBlur';
import { gaussianNoise, impulseNoise, shotNoise } from './noise';
import { pixelate } from './pixelate';
import { snow } from './snow';
import { zoomBlur } from './zoomBlur';

/** The name of a corruption. */
export type CorruptionKind =
  | 'gaussian_noise'
  | 'shot_noise'
  | 'impulse_noise'
  | 'defocus_blur'
  | 'glass_blur'
  | 'motion_blur'
  | 'zoom_blur'
  | 'snow'
  | 'frost'
  | 'fog'
  | 'brightness'
  | 'contrast'
  | 'elastic_transform'
  | 'pixelate'
  | 'jpeg_compression';

const corruptions = {
  gaussian_noise: gaussianNoise,
  shot_noise: shotNoise,
  impulse_noise: impulseNoise,
  defocus_blur: defocusBlur,
  glass_blur: glassBlur,
  motion_blur: motionBlur,
  zoom_blur: zoomBlur,
  snow,
  frost,
  fog,
  brightness,
  contrast,
  elastic_transform: elasticTransform,
  pixelate,
  jpeg_compression: jpegCompression,
} satisfies Record<CorruptionKind, Corruption>;

/** The fifteen kinds in the order of the paper: noise, blur, weather, digital. */
export const corruptionKinds = /* @__PURE__ */ Object.keys(corruptions) as CorruptionKind[];

/** The five severities. */
export const corruptionSeverities = [1, 2, 3, 4, 5] as const;

/** Which corruption `corrupt` applies, and how strongly. */
export interface CorruptArgs {
  /** Name of the corruption. */
  kind: CorruptionKind;

  /** From 1 (mild) to 5. */
  severity: Severity;

  /** Every random draw is a function of this integer, the kind and the image's index. @default 0 */
  seed?: number;

  /** Index of the (first) image in its dataset: batches of one set draw differently. @default 0 */
  index?: number;

  /** Side of the images for which the severities were published. @default the nearest of the three, by ratio */
  scale?: Scale;
}

export const corruptOptions = {
  kind: choice(corruptionKinds),
  severity: choice(corruptionSeverities),
  seed: integer({ default: 0 }),
  index: integer({ min: 0, default: 0 }),
  scale: optional(choice(scales)),
};

/**
 * Corrupts images as in ImageNet-C, or CIFAR-10-C and Tiny ImageNet-C for small ones (Hendrycks & Dietterich 2019).
 *
 * The kinds, their severities and what a severity means are those of the authors' published code, with three
 * differences: values stay real numbers where it rounds to 8 bits between steps and at the end (except in JPEG), frost
 * is generated and not photographed, and images need not be square. An image is corrupted alone as in a batch (up to
 * the rounding of sums), and its draws are the same at each severity.
 *
 * @param images `[H, W, 3]` or `[N, H, W, 3]`, sides of at least 16, raw: float32 in 0 … 1 or int32 in 0 … 255.
 * @returns float32 in 0 … 1 of the same shape.
 * @throws ArgumentError if the shape, the type or an option is not as described. Values are not checked, as that would
 *   stall the device: those outside the range are clipped.
 */
export function corrupt(images: tf.Tensor3D, args: CorruptArgs): tf.Tensor3D;
export function corrupt(images: tf.Tensor4D, args: CorruptArgs): tf.Tensor4D;
export function corrupt(images: tf.Tensor, args: CorruptArgs): tf.Tensor {
  const { kind, severity, seed, index, scale: given } = readOptions('corrupt', args, corruptOptions);
  checkImages(images);
  const scale = given ?? nearestScale(images);

  return tf.tidy(() => {
    const raw = toUnitRange(images);
    const batch = (raw.rank === 3 ? tf.expandDims(raw, 0) : raw) as tf.Tensor4D;
    const randoms = Array.from({ length: batch.shape[0] }, (_, n) => randomStream(seed, 'corrupt', kind, index + n));
    const corrupted = tf.clipByValue(corruptions[kind](batch, scale, severity, randoms), 0, 1);
    return raw.rank === 3 ? tf.squeeze(corrupted, [0]) : corrupted;
  });
}

function checkImages(images: tf.Tensor): void {
  const expected = 'float32 or int32 of shape [H, W, 3] or [N, H, W, 3]';
  checkTensor('input images', images, expected, ({ rank, size }) => (rank === 3 || rank === 4) && size > 0);
  checkChannels('corrupt()', images.shape);
  const [height, width] = images.shape.slice(-3);
  if (Math.min(height, width) < 16)
    throw new ArgumentError('input images', 'sides of at least 16 pixels', describe(images));
}

function nearestScale(images: tf.Tensor): Scale {
  const [height, width] = images.shape.slice(-3);
  const side = Math.sqrt(height * width);
  if (side < Math.sqrt(32 * 64)) return 32;
  return side < Math.sqrt(64 * 224) ? 64 : 224;
}
