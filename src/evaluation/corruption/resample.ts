import * as tf from '@tensorflow/tfjs-core';

/**
 * Takes each output pixel from a pixel of the same image.
 *
 * @param images `[N, H, W, C]`.
 * @param rows int32 that broadcasts to `[N, H', W']`, in 0 … H - 1.
 * @param columns int32 that broadcasts alike, in 0 … W - 1.
 * @returns `[N, H', W', C]`.
 */
export function gatherPixels(images: tf.Tensor4D, rows: tf.Tensor, columns: tf.Tensor): tf.Tensor4D {
  const [batch, height, width, channels] = images.shape;
  return tf.tidy(() => {
    const image = tf.reshape(tf.range(0, batch * height, height, 'int32'), [batch, 1, 1]);
    const line = tf.mul(tf.add(image, rows), tf.scalar(width, 'int32'));
    const pixel = tf.add(line, columns);
    const pixels = tf.gatherND(tf.reshape(images, [-1, channels]), tf.reshape(pixel, [-1, 1]));
    return tf.reshape<tf.Rank.R4>(pixels, [...(pixel.shape as [number, number, number]), channels]);
  });
}

/** How an axis is extended beyond its ends: `c b a | a b c` (symmetric) or `c b | a b c` (reflect). */
type Mirror = 'symmetric' | 'reflect';

/**
 * Interpolates bilinearly at real places of the same image.
 *
 * @param images float32 `[N, H, W, C]`.
 * @param y float32 that broadcasts to `[N, H', W']`: rows, 0 at the center of the first.
 * @param x float32 that broadcasts alike: columns.
 * @returns float32 `[N, H', W', C]`.
 */
export function bilinear(images: tf.Tensor4D, y: tf.Tensor, x: tf.Tensor, mirror: Mirror): tf.Tensor4D {
  const [, height, width] = images.shape;
  return tf.tidy(() => {
    const [top, left] = [tf.floor(y), tf.floor(x)];
    const [down, right] = [tf.sub(y, top), tf.sub(x, left)];
    const at = (dy: number, dx: number) =>
      gatherPixels(images, mirrored(tf.add(top, dy), height, mirror), mirrored(tf.add(left, dx), width, mirror));
    const between = (a: tf.Tensor, b: tf.Tensor, share: tf.Tensor) =>
      tf.add(a, tf.mul(tf.sub(b, a), tf.expandDims(share, -1)));
    return between(between(at(0, 0), at(0, 1), right), between(at(1, 0), at(1, 1), right), down) as tf.Tensor4D;
  });
}

/** Maps whole places to pixels, int32, of an axis of `size` pixels that is mirrored at both ends. */
function mirrored(places: tf.Tensor, size: number, mirror: Mirror): tf.Tensor {
  const last = mirror === 'symmetric' ? 2 * size - 1 : 2 * size - 2;
  const period = mirror === 'symmetric' ? 2 * size : Math.max(2 * size - 2, 1);
  const place = tf.mod(places, period);
  return tf.cast(tf.minimum(place, tf.sub(last, place)), 'int32');
}
