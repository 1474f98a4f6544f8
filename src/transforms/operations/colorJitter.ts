import * as tf from '@tensorflow/tfjs-core';
import { permutation, type Random, uniform } from '../../support/random';

/** The operations of a colour jitter, in torchvision's numbering. */
const operations = ['brightness', 'contrast', 'saturation', 'hue'] as const;
type Operation = (typeof operations)[number];

/** One image's draw of a colour jitter. */
export interface ColorJitter {
  /** Factors: 1 changes nothing. */
  brightness: number;
  contrast: number;
  saturation: number;
  /** Shift of the hue in turns, -½ … ½: 0 changes nothing. */
  hue: number;
  /** The order in which the four are applied. */
  order: readonly Operation[];
}

/** Draws factors uniform in [max(0, 1 - strength), 1 + strength], a hue shift uniform in [-hue, hue], and an order. */
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
 * Jitters the colours of each image by its own draw, in its own order, as torchvision's `ColorJitter` on tensors.
 *
 * Brightness, contrast and saturation are blends of the image with black, its mean luma and its luma; only the hue is
 * not. Three blends before the hue and three after it hold every order, so the number of kernels is the same for any
 * batch: an image's blend that stands on the other side has factor 1 there.
 *
 * @param planes float32 `[N, 3, H, W]` in 0 … 1; sums over channels are several times faster in planes than in pixels.
 * @param jitters One draw an image; `undefined` leaves the image as it is, to the bit.
 * @returns float32 `[N, 3, H, W]` in 0 … 1.
 */
export function jitterColors(planes: tf.Tensor4D, jitters: readonly (ColorJitter | undefined)[]): tf.Tensor4D {
  const blendsOf = (jitter: ColorJitter | undefined, side: 'before' | 'after') => {
    if (!jitter) return [];
    const hue = jitter.order.indexOf('hue');
    const names = side === 'before' ? jitter.order.slice(0, hue) : jitter.order.slice(hue + 1);
    return names.map((name) => ({ name: name as Blend['name'], factor: jitter[name as Blend['name']] }));
  };
  return tf.tidy(() => {
    let x = planes;
    for (const side of ['before', 'after'] as const) {
      const blends = jitters.map((jitter) => blendsOf(jitter, side));
      for (let slot = 0; slot < 3; slot++) {
        x = blend(
          x,
          blends.map((list) => list[slot]),
        );
      }
      if (side === 'before')
        x = shiftHue(
          x,
          jitters.map((jitter) => jitter?.hue ?? 0),
        );
    }
    return x;
  });
}

interface Blend {
  name: 'brightness' | 'contrast' | 'saturation';
  factor: number;
}

/** clip(f x + (1 - f) other) in planes: other is black, the image's mean luma or its luma; no blend is f = 1. */
export function blend(planes: tf.Tensor4D, blends: readonly (Blend | undefined)[]): tf.Tensor4D {
  const perImage = (value: (blend: Blend) => number, otherwise: number) =>
    tf.tensor4d(
      blends.map((b) => (b ? value(b) : otherwise)),
      [blends.length, 1, 1, 1],
    );
  return tf.tidy(() => {
    const [batch, channels, height, width] = planes.shape;
    const weights = tf.tile(tf.tensor3d([0.299, 0.587, 0.114], [1, 1, 3]), [batch, 1, 1]);
    const lumas = tf.matMul(weights, tf.reshape(planes, [batch, channels, height * width]));
    const luma = tf.reshape(lumas, [batch, 1, height, width]);
    const lumaShare = perImage(({ name, factor }) => (name === 'saturation' ? 1 - factor : 0), 0);
    const meanShare = perImage(({ name, factor }) => (name === 'contrast' ? 1 - factor : 0), 0);
    const other = tf.add(tf.mul(luma, lumaShare), tf.mul(tf.mean(luma, [2, 3], true), meanShare));
    const factor = perImage((b) => b.factor, 1);
    return tf.clipByValue(tf.add(tf.mul(planes, factor), other), 0, 1) as tf.Tensor4D;
  });
}

/**
 * Turns the hue of each image by its own share of the colour circle, keeping HSV's saturation and value.
 *
 * With the hue h in sixths, a channel of the result is max - chroma clip(min(k, 4 - k), 0, 1), where k = (n + h) mod 6
 * and n = 5, 3, 1 for red, green and blue (Smith 1978's HSV without its case distinctions).
 */
function shiftHue(planes: tf.Tensor4D, turns: readonly number[]): tf.Tensor4D {
  return tf.tidy(() => {
    const [red, green, blue] = tf.split(planes, 3, 1);
    const most = tf.max(planes, 1, true);
    const chroma = tf.sub(most, tf.min(planes, 1, true));
    const divisor = tf.where(tf.equal(chroma, 0), tf.onesLike(chroma), chroma);
    const sector = (a: tf.Tensor, b: tf.Tensor, start: number) => tf.add(tf.div(tf.sub(a, b), divisor), start);
    const hue = tf.where(
      tf.equal(most, red),
      sector(green, blue, 0),
      tf.where(tf.equal(most, green), sector(blue, red, 2), sector(red, green, 4)),
    );
    const shift = tf.tensor4d(
      turns.map((turn) => 6 * turn),
      [turns.length, 1, 1, 1],
    );
    const k = tf.mod(tf.add(tf.add(hue, shift), tf.tensor4d([5, 3, 1], [1, 3, 1, 1])), 6);
    const weight = tf.clipByValue(tf.minimum(k, tf.sub(4, k)), 0, 1);
    const turned = tf.sub(most, tf.mul(chroma, weight));
    // Products with 0 and 1 are exact; `where` would have to write its condition out to the size of the images.
    const isTurned = tf.tensor4d(
      turns.map((turn) => (turn === 0 ? 0 : 1)),
      [turns.length, 1, 1, 1],
    );
    return tf.add(tf.mul(planes, tf.sub(1, isTurned)), tf.mul(turned, isTurned)) as tf.Tensor4D;
  });
}
