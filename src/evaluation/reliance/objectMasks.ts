import * as tf from '@tensorflow/tfjs-core';
import { checkTensor } from '../../support/checks';
import { ArgumentError, describe } from '../../support/errors';
import { backgroundColor, backgroundMask, boxMask } from './masks';
import type { Pictures } from './readPictures';
import { takeRows } from './takeRows';

/** How the object of a picture is told from its background. */
export type MaskRule = 'alpha' | 'background' | 'box' | tf.Tensor4D;

/** The masks of a batch of pictures, and what can be done with them. */
interface ObjectMasks {
  /** float32 `[N, H, W, 1]` in 0 … 1. */
  masks: tf.Tensor4D;
  /** `[N, 1, 1, C]`. */
  backgrounds: tf.Tensor4D;
  /** Pictures whose mask is neither empty nor full; full ones too where masks that were given are all full. */
  usable: number[];
  /** Whether all usable masks are equal. */
  alike: boolean;
  skipped: { index: number; reason: string }[];
}

/** Masks the pictures by the rule; without one, by alpha where they have it, else by their background. */
export async function objectMasks(pictures: Pictures, rule: MaskRule | undefined): Promise<ObjectMasks> {
  const { images, alpha } = pictures;
  const chosen = rule ?? (alpha ? 'alpha' : 'background');
  const masks = await masksBy(chosen, pictures);
  const share = tf.tidy(() => tf.mean(tf.cast(tf.greater(masks, 0.5), 'float32'), [1, 2, 3]));
  const covered = [...(await share.data())];
  share.dispose();

  const places = (fits: (share: number) => boolean) => covered.flatMap((value, i) => (fits(value) ? [i] : []));
  const drawn = places((value) => value > 0);
  const allFull = drawn.length > 0 && drawn.every((i) => covered[i] === 1);
  const given = chosen === 'box' || chosen instanceof tf.Tensor;
  const usable = given && allFull ? drawn : places((value) => value > 0 && value < 1);
  const skipped = covered.flatMap((value, index) =>
    usable.includes(index) ? [] : [{ index, reason: value > 0 ? 'a full mask' : 'an empty mask' }],
  );
  return {
    masks,
    backgrounds: chosen === 'background' ? backgroundColor(images) : tf.ones([images.shape[0], 1, 1, images.shape[3]]),
    usable,
    alike: usable.length > 0 && (await areEqual(masks, usable)),
    skipped,
  };
}

async function areEqual(masks: tf.Tensor4D, rows: readonly number[]): Promise<boolean> {
  const spread = tf.tidy(() => {
    const chosen = takeRows(masks, rows);
    return tf.max(tf.sub(tf.max(chosen, 0), tf.min(chosen, 0)));
  });
  const [value] = await spread.data();
  spread.dispose();
  return value === 0;
}

/** Returns `value` if it is a rule. @throws ArgumentError otherwise. */
export function checkMaskRule(name: string, value: unknown): MaskRule {
  if (['alpha', 'background', 'box'].includes(value as string) || value instanceof tf.Tensor) return value as MaskRule;
  throw new ArgumentError(`option ${name}`, "'alpha', 'background', 'box' or masks", describe(value));
}

async function masksBy(rule: MaskRule, { images, alpha }: Pictures): Promise<tf.Tensor4D> {
  if (rule === 'background') return backgroundMask(images);
  if (rule === 'box') return boxMask(images);
  if (rule === 'alpha') {
    if (alpha) return tf.clone(alpha);
    const hint = `Pictures of ${images.shape[3]} channels have no alpha.`;
    throw new ArgumentError('option mask', "'background', 'box' or masks", describe(rule), hint);
  }
  const shape = [...images.shape.slice(0, 3), 1];
  const fits = (mask: tf.Tensor) => `${mask.shape}` === `${shape}`;
  checkTensor('option mask', rule, `masks of shape ${describe(shape)}`, fits);
  return tf.tidy(() => tf.clipByValue(tf.cast(rule, 'float32'), 0, 1));
}
