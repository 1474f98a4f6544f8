import * as tf from '@tensorflow/tfjs';
import { mocoV2Augmentation, patchNegative, randomStream, textureNegative } from 'tfjs-nonsemantic-negatives';
import { type Picture, shownSide } from './pictures';
import type { Settings } from './settings';

/** Milder views than MoCo's: the pictures are too small for its blur and for crops of a fifth. */
export const view = { scale: [0.4, 1] as [number, number], blurProbability: 0 };

/** What one picture contributes to one training step, normalized `[1, 96, 96, 3]`. */
export interface Examples {
  query: tf.Tensor4D;
  key: tf.Tensor4D;
  patches: tf.Tensor4D;
}

/** A number of pixels that is `percent` of `side`. */
export const pixels = (percent: number, side: number) => Math.max(1, Math.round((percent / 100) * side));

const augmentation = mocoV2Augmentation({ ...view, size: shownSide });
const toTensor = ({ shown }: Picture) => tf.tensor4d(shown, [1, shownSide, shownSide, 3], 'int32');

/** Two views of a picture, and patches of the first. The same seed gives the same examples. */
export function makeExamples(picture: Picture, settings: Settings, seed: number): Examples {
  const [min, max] = settings.patchRange.map((percent) => pixels(percent, shownSide));
  const resample = patchNegative({ patchRange: [min, max] });
  return tf.tidy(() => {
    const image = toTensor(picture);
    const views = ['query', 'key'].flatMap((name) => augmentation.sample(image.shape, randomStream(seed, name)));
    const [query, key] = tf.split(augmentation.apply(tf.concat([image, image]), views), 2) as tf.Tensor4D[];
    const patches = resample.apply(query, resample.sample(query.shape, randomStream(seed, 'patches')));
    return { query, key, patches };
  });
}

/** A texture of a picture, augmented like its query view; the costly part of the examples. */
export function makeTexture(picture: Picture, exemplar: number, seed: number): tf.Tensor4D {
  const synthesize = textureNegative({ exemplarSize: pixels(exemplar, shownSide) });
  return tf.tidy(() => {
    const image = toTensor(picture);
    const texture = synthesize.apply(image, synthesize.sample(image.shape, randomStream(seed, 'texture')));
    return augmentation.apply(texture, augmentation.sample(image.shape, randomStream(seed, 'query')));
  });
}
