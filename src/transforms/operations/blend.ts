import * as tf from '@tensorflow/tfjs-core';

/** Blends an image with black (brightness), its mean luma (contrast) or its luma (saturation). */
export interface Blend {
  name: 'brightness' | 'contrast' | 'saturation';
  /** Share of the image: 1 changes nothing, above 1 extrapolates. */
  factor: number;
}

/** The share of red, green and blue in the luma (ITU-R BT.601). */
export const lumaWeights = [0.299, 0.587, 0.114];

/** Returns the shares of channels in the luma; those other than red, green and blue count alike. */
const lumaOf = (channels: number) => (channels === 3 ? lumaWeights : Array<number>(channels).fill(1 / channels));

/**
 * Returns clip(f x + (1 - f) other) in planes `[N, C, H W]`; no blend is f = 1.
 *
 * Each is a mixture of an image's channels and of their means: clip(A x + B mean(x)), with two C x C matrices an image.
 *
 * @param skipUnused Skip the means if no image needs them.
 */
export function blend(planes: tf.Tensor3D, blends: readonly (Blend | undefined)[], skipUnused: boolean): tf.Tensor3D {
  const ownShare = (blend: Blend | undefined) => blend?.factor ?? 1;
  const lumaShare = (blend: Blend | undefined) => (blend?.name === 'saturation' ? 1 - blend.factor : 0);
  const channels = planes.shape[1];
  const mixture = lumaMatrices(
    blends.map((blend) => [ownShare(blend), lumaShare(blend)]),
    channels,
  );
  const needMeans = !skipUnused || blends.some((blend) => blend?.name === 'contrast');
  return tf.tidy(() => {
    const mixed = mixChannels(mixture, planes);
    if (!needMeans) return tf.clipByValue(mixed, 0, 1) as tf.Tensor3D;
    const ofMeans = blends.map((blend): [number, number] => [0, blend?.name === 'contrast' ? 1 - blend.factor : 0]);
    const constant = mixChannels(lumaMatrices(ofMeans, channels), tf.mean(planes, 2, true) as tf.Tensor3D);
    return tf.clipByValue(tf.add(mixed, constant), 0, 1) as tf.Tensor3D;
  });
}

/**
 * Makes some images gray, if they have three channels, and normalizes all in the same product: (x - mean) /
 * standardDeviation in planes `[N, C, H W]`.
 */
export function grayAndNormalize(
  planes: tf.Tensor3D,
  gray: readonly boolean[],
  mean: readonly number[],
  standardDeviation: readonly number[],
): tf.Tensor3D {
  const channels = mean.length;
  const matrices = lumaMatrices(
    gray.map((isGray) => (isGray && channels === 3 ? [0, 1] : [1, 0])),
    channels,
  );
  const scaled = matrices.map((value, i) => value / standardDeviation[Math.floor(i / channels) % channels]);
  const offset = mean.map((value, channel) => -value / standardDeviation[channel]);
  return tf.tidy(() => tf.add(mixChannels(scaled, planes), tf.tensor3d(offset, [1, channels, 1])) as tf.Tensor3D);
}

/** Returns a C x C matrix an image: `own` times the channel itself plus `luma` times the luma. */
function lumaMatrices(shares: readonly [own: number, luma: number][], channels: number): Float32Array {
  const weights = lumaOf(channels);
  const size = channels * channels;
  const matrices = new Float32Array(size * shares.length);
  // A loop: flattening lists of lists would take longer than the products of small images.
  shares.forEach(([own, luma], n) => {
    for (let entry = 0; entry < size; entry++) {
      const isOwn = entry % (channels + 1) === 0;
      matrices[size * n + entry] = (isOwn ? own : 0) + luma * weights[entry % channels];
    }
  });
  return matrices;
}

/** Multiplies the channels of each image, `[N, C, P]`, by the image's own matrix. */
function mixChannels(matrices: Float32Array, planes: tf.Tensor3D): tf.Tensor3D {
  const [batch, channels] = planes.shape;
  const left = tf.tensor3d(matrices, [batch, channels, channels]);
  if (batch > 1) return tf.matMul(left, planes);
  // TensorFlow multiplies a single pair by another kernel, which rounds differently: an image alone goes as two.
  return tf.slice(tf.matMul(tf.concat([left, left]), tf.concat([planes, planes])) as tf.Tensor3D, 0, 1);
}
