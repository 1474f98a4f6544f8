import * as tf from '@tensorflow/tfjs-core';

/** A blend of an image with black (brightness), its mean luma (contrast) or its luma (saturation). */
export interface Blend {
  name: 'brightness' | 'contrast' | 'saturation';
  /** Share of the image: 1 changes nothing, above 1 leads away from the other. */
  factor: number;
}

/** The share of red, green and blue in the luma (ITU-R BT.601). */
export const lumaWeights = [0.299, 0.587, 0.114];

/**
 * clip(f x + (1 - f) other) in planes `[N, 3, H W]`; no blend is f = 1.
 *
 * Each is a mixture of an image's channels and of their means: clip(A x + B mean(x)), with a 3x3 matrix A and B an image.
 */
export function blend(planes: tf.Tensor3D, blends: readonly (Blend | undefined)[], skipUnused: boolean): tf.Tensor3D {
  const ownShare = (blend: Blend | undefined) => blend?.factor ?? 1;
  const lumaShare = (blend: Blend | undefined) => (blend?.name === 'saturation' ? 1 - blend.factor : 0);
  const mixture = lumaMatrices(blends.map((blend) => [ownShare(blend), lumaShare(blend)]));
  const needMeans = !skipUnused || blends.some((blend) => blend?.name === 'contrast');
  return tf.tidy(() => {
    const mixed = mixChannels(mixture, planes);
    if (!needMeans) return tf.clipByValue(mixed, 0, 1) as tf.Tensor3D;
    const ofMeans = blends.map((blend): [number, number] => [0, blend?.name === 'contrast' ? 1 - blend.factor : 0]);
    const constant = mixChannels(lumaMatrices(ofMeans), tf.mean(planes, 2, true) as tf.Tensor3D);
    return tf.clipByValue(tf.add(mixed, constant), 0, 1) as tf.Tensor3D;
  });
}

/** Makes some images gray and normalizes all: (x - mean) / standardDeviation in planes `[N, 3, H W]`, in one product. */
export function grayAndNormalize(
  planes: tf.Tensor3D,
  gray: readonly boolean[],
  mean: readonly number[],
  standardDeviation: readonly number[],
): tf.Tensor3D {
  const matrices = lumaMatrices(gray.map((isGray) => (isGray ? [0, 1] : [1, 0])));
  const scaled = matrices.map((value, i) => value / standardDeviation[Math.floor(i / 3) % 3]);
  const offset = mean.map((value, channel) => -value / standardDeviation[channel]);
  return tf.tidy(() => tf.add(mixChannels(scaled, planes), tf.tensor3d(offset, [1, 3, 1])) as tf.Tensor3D);
}

/** A 3x3 matrix an image: `own` times the channel itself, `luma` times the luma. */
function lumaMatrices(shares: readonly [own: number, luma: number][]): Float32Array {
  const matrices = new Float32Array(9 * shares.length);
  // A loop, as lists of lists would take longer to flatten than the products of small images.
  shares.forEach(([own, luma], n) => {
    for (let entry = 0; entry < 9; entry++) {
      const isOwn = entry % 4 === 0;
      matrices[9 * n + entry] = (isOwn ? own : 0) + luma * lumaWeights[entry % 3];
    }
  });
  return matrices;
}

/** Multiplies the channels of each image, `[N, 3, P]`, by a 3x3 matrix of its own. */
function mixChannels(matrices: Float32Array, planes: tf.Tensor3D): tf.Tensor3D {
  const batch = planes.shape[0];
  const left = tf.tensor3d(matrices, [batch, 3, 3]);
  if (batch > 1) return tf.matMul(left, planes);
  // TensorFlow multiplies a single pair by another kernel, which rounds differently: an image alone goes as two.
  return tf.slice(tf.matMul(tf.concat([left, left]), tf.concat([planes, planes])) as tf.Tensor3D, 0, 1);
}
