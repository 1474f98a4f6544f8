import * as tf from '@tensorflow/tfjs-core';
import { imageStream } from '../data/imageKeys';
import { ArgumentError, checkNames, checkNumber, describe } from '../support/errors';
import type { Random } from '../support/random';
import { negativeNames, type Transform, transformImages } from './element';
import { mocoV2Augmentation } from './mocoV2Augmentation';

/**
 * A random change of an image in two steps: draw plain parameters, then apply them to any images. What was drawn for
 * one image can so be replayed on another, as on the texture of an image.
 */
export interface Augmentation<Parameters = unknown> {
  /** Draws the parameters for one image of shape `[H, W, C]`. */
  sample(shape: readonly [number, number, number], random: Random): Parameters;
  /** Applies one draw an image to a batch `[N, H, W, C]`. */
  apply(images: tf.Tensor4D, parameters: readonly Parameters[]): tf.Tensor4D;
}

/** Options of `twoViews`. */
export interface TwoViewsArgs<Parameters = unknown> {
  /** Side of the views, or `[height, width]`, in pixels. Not together with `augmentation`. @default the image's own */
  size?: number | [number, number];
  /** How a view is made. @default mocoV2Augmentation({ size }) */
  augmentation?: Augmentation<Parameters>;
  /** Seed of the draws, which also depend on epoch and index. @default 0 */
  seed?: number;
}

/**
 * Makes two independently augmented views of each image: the query and the key, MoCo's positive pair.
 *
 * A function for `Dataset.map`: consumes `xs.image` (or a bare image) of shape `[H, W, C]` or `[N, H, W, C]`, float32 in
 * 0 … 1 or int32 in 0 … 255, and gives `{ xs: { query, key, negative_… }, ys }`, float32 and normalized. Negatives made
 * before it get the query's draw, as the paper's textures do. A bare image gets labels of zeros, `[N, 1]`.
 *
 * Source: He et al. 2020 and Chen et al. 2020 (MoCo v2); Ge et al. 2021, section 3.1.
 * @throws ArgumentError for bad options, and for an element that has views already.
 */
export function twoViews<Parameters>(args: TwoViewsArgs<Parameters> = {}): Transform {
  checkNames('twoViews()', args, ['size', 'augmentation', 'seed']);
  const seed = checkNumber('seed', args.seed ?? 0);
  const { augmentation } = args;
  if (augmentation !== undefined && !(isFunction(augmentation?.sample) && isFunction(augmentation.apply)))
    throw new ArgumentError('option augmentation', 'an object with sample() and apply()', describe(augmentation));
  if (augmentation && args.size !== undefined)
    throw new ArgumentError('option size', 'no size beside an augmentation, which has its own', String(args.size));
  return augmentation ? views(augmentation, seed) : views(mocoV2Augmentation({ size: args.size }), seed);
}

const isFunction = (value: unknown) => typeof value === 'function';

function views<Parameters>(augmentation: Augmentation<Parameters>, seed: number): Transform {
  return transformImages('twoViews', ({ images, keys }) => {
    const { image } = images;
    if (!image)
      throw new ArgumentError(
        'the input of twoViews()',
        'xs with an image',
        `xs with ${Object.keys(images).join(', ')}`,
      );
    const [, height, width, channels] = image.shape;
    const draw = (view: string) =>
      keys.map((key) => augmentation.sample([height, width, channels], imageStream(seed, key, view)));
    const query = draw('query');
    // Both views in one go: on small images a kernel's own cost exceeds its work.
    const both = augmentation.apply(tf.concat([image, image]), [...query, ...draw('key')]);
    const [queries, others] = tf.split(both, 2) as tf.Tensor4D[];
    const changed = { query: queries, key: others };
    const negatives = negativeNames(images).map((name) => [name, augmentation.apply(images[name], query)] as const);
    return { ...changed, ...Object.fromEntries(negatives) };
  });
}
