import * as tf from '@tensorflow/tfjs-core';

/**
 * Floods from the border: 1 where a pixel of `allowed` is connected to the border through pixels of `allowed`, each
 * above, below or beside the next; 0 elsewhere.
 *
 * @param allowed float32 `[N, H, W, 1]` of 0 and 1.
 */
export async function fillFromBorder(allowed: tf.Tensor4D): Promise<tf.Tensor4D> {
  const [, height, width] = allowed.shape;
  const steps = Math.max(height, width);
  let filled = tf.tidy(() => tf.mul(allowed, borderOf(height, width)) as tf.Tensor4D);
  // A round spreads by a whole side; winding ways take more, so rounds follow until nothing changes.
  for (;;) {
    const next = tf.tidy(() => {
      let spread = filled;
      for (let i = 0; i < steps; i++) spread = tf.mul(allowed, toNeighbors(spread));
      return spread;
    });
    const change = tf.tidy(() => tf.sum(tf.sub(next, filled)));
    const [added] = await change.data();
    tf.dispose([filled, change]);
    filled = next;
    if (added === 0) return filled;
  }
}

/** Takes the maximum over a pixel and its four neighbors. */
function toNeighbors(x: tf.Tensor4D): tf.Tensor4D {
  return tf.maximum(tf.maxPool(x, [3, 1], 1, 'same'), tf.maxPool(x, [1, 3], 1, 'same'));
}

function borderOf(height: number, width: number): tf.Tensor4D {
  const inner = tf.ones([1, Math.max(0, height - 2), Math.max(0, width - 2), 1]) as tf.Tensor4D;
  if (inner.size === 0) return tf.ones([1, height, width, 1]);
  return tf.sub(
    1,
    tf.pad(inner, [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ]),
  );
}
