import * as tf from '@tensorflow/tfjs-core';
import {
  mocoV2Augmentation,
  normalize,
  patchNegative,
  randomStream,
  textureNegative,
} from 'tfjs-nonsemantic-negatives';

/** The pictures shown of each image, in this order. */
export const captions = [
  'image',
  'query view',
  'key view',
  'small patches',
  'medium patches',
  'large patches',
  'texture, fast',
  'texture, high',
] as const;

/** Sides of patches at 224 pixels: the ends and the middle of the paper's range. */
const patchSides = [16, 44, 72];

/**
 * Makes everything that is shown of images: the image, two views of it, and its negatives.
 *
 * @param images int32 [N, S, S, 3] in 0 … 255.
 * @returns For each caption int32 [N, S, S, 3] in 0 … 255.
 */
export function makeTiles(images: tf.Tensor4D, seed: number): tf.Tensor4D[] {
  const { shape } = images;
  const augmentation = mocoV2Augmentation();
  const view = (name: string) => {
    const views = augmentation.apply(images, augmentation.sample(shape, randomStream(seed, name)));
    return toBytes(undoNormalize(views as tf.Tensor4D));
  };
  const patches = (side: number) => {
    const size = Math.max(2, Math.round((side * shape[1]) / 224));
    const negative = patchNegative({ patchRange: [size, size] });
    return negative.apply(images, negative.sample(shape, randomStream(seed, 'patches', side)));
  };
  const texture = (quality: 'fast' | 'high') => {
    const negative = textureNegative({ quality });
    // The same params for both qualities, so that they can be compared.
    return negative.apply(images, negative.sample(shape, randomStream(seed, 'textures')));
  };
  return tf.tidy(() => [
    images.clone(),
    view('query'),
    view('key'),
    ...patchSides.map(patches),
    texture('fast'),
    texture('high'),
  ]);
}

/** Views come normalized; what `normalize` makes of black and white tells how to undo it. */
function undoNormalize(views: tf.Tensor4D): tf.Tensor4D {
  const black = normalize(tf.zeros<tf.Rank.R4>([1, 1, 1, 3]));
  const white = normalize(tf.ones<tf.Rank.R4>([1, 1, 1, 3]));
  return tf.div(tf.sub(views, black), tf.sub(white, black)) as tf.Tensor4D;
}

function toBytes(images: tf.Tensor4D): tf.Tensor4D {
  return tf.cast(tf.round(tf.mul(tf.clipByValue(images, 0, 1), 255)), 'int32') as tf.Tensor4D;
}
