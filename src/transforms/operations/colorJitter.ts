import * as tf from '@tensorflow/tfjs-core';
import { permutation, type Random, uniform } from '../../support/random';
import { type Blend, blend } from './blend';

/** The operations of a color jitter, in torchvision's numbering. */
const operations: readonly JitterOperation[] = ['brightness', 'contrast', 'saturation', 'hue'];

/** One operation of a color jitter. */
export type JitterOperation = 'brightness' | 'contrast' | 'saturation' | 'hue';

/** Params of one image's color jitter. */
export interface ColorJitter {
  /** Factor of the brightness, at least 0: 1 changes nothing. */
  brightness: number;
  /** Factor of the contrast, at least 0: 1 changes nothing. */
  contrast: number;
  /** Factor of the saturation, at least 0: 1 changes nothing. */
  saturation: number;
  /** Shift of the hue in turns, -½ … ½: 0 changes nothing. */
  hue: number;
  /** The order in which the four are applied. */
  order: readonly JitterOperation[];
}

/**
 * Samples factors uniform in [max(0, 1 - strength), 1 + strength], a hue shift uniform in [-hue, hue], and an order.
 */
export function sampleColorJitter(
  strengths: { brightness: number; contrast: number; saturation: number; hue: number },
  random: Random,
): ColorJitter {
  const order = permutation(random, 4).map((i) => operations[i]);
  const factor = (strength: number) => uniform(random, Math.max(0, 1 - strength), 1 + strength);
  return {
    order,
    brightness: factor(strengths.brightness),
    contrast: factor(strengths.contrast),
    saturation: factor(strengths.saturation),
    hue: uniform(random, -strengths.hue, strengths.hue),
  };
}

/**
 * Jitters the colors of each image by its own params, in its own order, as torchvision's `ColorJitter` on tensors.
 *
 * Brightness, contrast and saturation blend the image with black, its mean luma and its luma. Three blends before the
 * hue and three after it hold every order, so the number of kernels is the same for any batch: a blend that stands on
 * the other side has factor 1. Without three channels there is neither saturation nor hue.
 *
 * @param planes float32 `[N, C, H W]` in 0 … 1; operations on channels are several times faster in planes than in
 * pixels.
 * @param jitters One entry an image; `undefined` leaves the image as it is, to the bit.
 * @param skipUnused Skip operations that no image uses (the kernel count then depends on the params).
 * @returns float32 `[N, C, H W]` in 0 … 1.
 */
export function jitterColors(
  planes: tf.Tensor3D,
  jitters: readonly (ColorJitter | undefined)[],
  skipUnused: boolean,
): tf.Tensor3D {
  return tf.tidy(() => {
    const blended = blendInTurn(planes, jitters, 'before', skipUnused);
    const turns = jitters.map((jitter) => jitter?.hue ?? 0);
    const turned = planes.shape[1] === 3 ? shiftHue(blended, turns, skipUnused) : blended;
    return blendInTurn(turned, jitters, 'after', skipUnused);
  });
}

/** Applies the blends on one side of the hue. */
function blendInTurn(
  planes: tf.Tensor3D,
  jitters: readonly (ColorJitter | undefined)[],
  side: 'before' | 'after',
  skipUnused: boolean,
): tf.Tensor3D {
  const fits = (name: string) => planes.shape[1] === 3 || name !== 'saturation';
  const blends = jitters.map((jitter) => {
    if (!jitter) return [];
    const hue = jitter.order.indexOf('hue');
    const names = side === 'before' ? jitter.order.slice(0, hue) : jitter.order.slice(hue + 1);
    return names.filter(fits).map((name) => ({ name: name as Blend['name'], factor: jitter[name] }));
  });
  let x = planes;
  const count = skipUnused ? Math.max(...blends.map(({ length }) => length)) : 3;
  for (let slot = 0; slot < count; slot++) {
    x = blend(
      x,
      blends.map((list) => list[slot]),
      skipUnused,
    );
  }
  return x;
}

/**
 * Turns the hue of each image by its own share of the color circle, keeping HSV's saturation and value.
 *
 * With the hue h in turns, a channel of the result is max - chroma clip(2 - 6 |d|, 0, 1), where d is how far h is from
 * the channel's opposite, cyan, magenta or yellow, the short way round (Smith 1978's HSV without its case
 * distinctions).
 */
function shiftHue(planes: tf.Tensor3D, turns: readonly number[], skipUnused: boolean): tf.Tensor3D {
  if (skipUnused && turns.every((turn) => turn === 0)) return planes;
  return tf.tidy(() => {
    const perImage = (values: number[]) => tf.tensor3d(values, [turns.length, 1, 1]);
    const [red, green, blue] = tf.split(planes, 3, 1);
    const max = tf.max(planes, 1, true);
    const chroma = tf.sub(max, tf.min(planes, 1, true));
    const sixfold = tf.mul(6, tf.where(tf.equal(chroma, 0), tf.onesLike(chroma), chroma));
    const sector = (a: tf.Tensor, b: tf.Tensor, start: number) => tf.add(tf.div(tf.sub(a, b), sixfold), start);
    const hue = tf.where(
      tf.equal(max, red),
      sector(green, blue, 0),
      tf.where(tf.equal(max, green), sector(blue, red, 1 / 3), sector(red, green, 2 / 3)),
    );
    const opposites = tf.tensor3d([1 / 2, 5 / 6, 1 / 6], [1, 3, 1]);
    const ahead = tf.sub(tf.add(hue, perImage([...turns])), opposites);
    const distance = tf.abs(tf.sub(ahead, tf.round(ahead)));
    const weight = tf.clipByValue(tf.sub(2, tf.mul(6, distance)), 0, 1);
    const turned = tf.sub(max, tf.mul(chroma, weight)) as tf.Tensor3D;
    if (skipUnused && turns.every((turn) => turn !== 0)) return turned;
    // Products with 0 and 1 are exact; `where` would need its condition at the size of the images.
    const isTurned = perImage(turns.map((turn) => (turn === 0 ? 0 : 1)));
    return tf.add(tf.mul(planes, tf.sub(1, isTurned)), tf.mul(turned, isTurned)) as tf.Tensor3D;
  });
}
