import * as tf from '@tensorflow/tfjs-core';

/**
 * Cuts E squares out of each image: `[N, H, W, C]` to `[N, E, side, side, C]`.
 *
 * @param corners `[top, left]` of the squares of each image.
 */
export function cutSquares(
  images: tf.Tensor4D,
  corners: readonly (readonly (readonly [number, number])[])[],
  side: number,
): tf.Tensor5D {
  const [batch, height, width, channels] = images.shape;
  const first = corners.flatMap((squares) => squares.map(([top, left]) => top * width + left));
  const steps = Int32Array.from({ length: side * side }, (_, i) => Math.floor(i / side) * width + (i % side));
  return tf.tidy(() => {
    const pixel = tf.add(
      tf.tensor4d(first, [batch, corners[0].length, 1, 1], 'int32'),
      tf.tensor4d(steps, [1, 1, side, side], 'int32'),
    );
    // Two components, image and pixel, keep every index below 2^24: WebGL's integers are float32 inside.
    const image = tf.mul(tf.reshape(tf.range(0, batch, 1, 'int32'), [batch, 1, 1, 1]), tf.onesLike(pixel));
    const pixels = tf.reshape(images, [batch, height * width, channels]);
    return tf.gatherND(pixels, tf.stack([image, pixel], -1)) as tf.Tensor5D;
  });
}
