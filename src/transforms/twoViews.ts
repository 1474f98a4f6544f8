import * as tf from '@tensorflow/tfjs-core';
import { imageStream } from '../data/imageKeys';
import type { ValueRange } from '../data/valueRange';
import { optionalImageSize } from '../support/checkImageSize';
import { checkIsCalled } from '../support/checkIsCalled';
import { ArgumentError, describe } from '../support/errors';
import { custom, number, optional, readOptions } from '../support/options';
import { withRecipe } from '../support/recipe';
import { keepExtent, negativeNames, type Transform, transformImages } from './element';
import { makeAugmentation } from './mocoV2Augmentation';
import type { RandomTransform } from './randomTransform';
import { valueRange } from './rawImages';

/** How the two views of an image are made. */
export interface TwoViewsArgs<Params = unknown> {
  /** Side of the views, or `[height, width]`, in pixels. Not together with `augmentation`. @default the image's own */
  size?: number | [number, number];
  /**
   * Values of raw images: `[-1, 1]`, or `[0, 255]` for float32. Not together with `augmentation`.
   * @default [0, 1] for float32, [0, 255] for int32
   */
  range?: ValueRange;
  /** How a view is made. @default mocoV2Augmentation({ size, range }) */
  augmentation?: RandomTransform<Params>;
  /** Seed of the params, which also depend on epoch and index. @default 0 */
  seed?: number;
}

const isFunction = (value: unknown) => typeof value === 'function';

export const twoViewsOptions = {
  size: optionalImageSize,
  range: valueRange,
  augmentation: optional(
    custom((name, value) => {
      const { sample, apply } = (value ?? {}) as RandomTransform<unknown>;
      if (isFunction(sample) && isFunction(apply)) return value as RandomTransform<never>;
      throw new ArgumentError(`option ${name}`, 'an object with sample() and apply()', describe(value));
    }),
  ),
  seed: number({ default: 0 }),
};

/**
 * Makes two independently augmented views of each image: the query and the key, MoCo's positive pair.
 *
 * A function for `Dataset.map`: consumes `xs.image` (or a bare image) of shape `[H, W, C]` or `[N, H, W, C]`, float32
 * in 0 … 1 or int32 in 0 … 255 (see `range`), and gives `{ xs: { query, key, negative_… }, ys }`, float32 and
 * normalized. Negatives made before it get the query's params, as the paper's textures do. A bare image gets labels of
 * zeros, `[N, 1]`.
 *
 * Source: He et al. 2020 and Chen et al. 2020 (MoCo v2); Ge et al. 2021, section 3.1.
 * @throws ArgumentError for bad options, for an element that has views already, and for images of another range: at the
 * first batch of a `contrastiveDataset`, elsewhere after a warning, once the first batch has been read off the step.
 */
export function twoViews<Params>(args: TwoViewsArgs<Params> = {}): Transform {
  checkIsCalled('twoViews', args);
  const { augmentation, size, range, seed } = readOptions('twoViews', args as TwoViewsArgs<never>, twoViewsOptions);
  if (!augmentation)
    return withRecipe('twoViews', args, makeViews(makeAugmentation('twoViews', { size, range }), seed));
  for (const [name, value] of Object.entries({ size, range })) {
    if (value !== undefined)
      throw new ArgumentError(`option ${name}`, 'no value', describe(value), `The augmentation has its own ${name}.`);
  }
  return withRecipe('twoViews', args, makeViews(augmentation, seed));
}

function makeViews<Params>(augmentation: RandomTransform<Params>, seed: number): Transform {
  return transformImages('twoViews', ({ images, keys }) => {
    const { image } = images;
    if (!image)
      throw new ArgumentError(
        'the input of twoViews()',
        'xs with an image',
        `xs with ${Object.keys(images).join(', ')}`,
      );
    const [, height, width, channels] = image.shape;
    const sample = (view: string) =>
      keys.map((key) => augmentation.sample([height, width, channels], imageStream(seed, key, view)));
    const query = sample('query');
    // Both views in one go: on small images a kernel's own cost exceeds its work.
    const twice = keepExtent(image, tf.concat([image, image]));
    const both = augmentation.apply(twice, [...query, ...sample('key')]);
    const [queries, others] = tf.split(both, 2) as tf.Tensor4D[];
    const negatives = negativeNames(images).map((name) => [name, augmentation.apply(images[name], query)] as const);
    return { query: queries, key: others, ...Object.fromEntries(negatives) };
  });
}
