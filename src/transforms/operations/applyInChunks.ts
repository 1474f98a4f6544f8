import * as tf from '@tensorflow/tfjs-core';

/**
 * Up to this many pixels at once. TensorFlow on a CPU asks the system for fresh memory with every large tensor, which
 * costs more than most kernels do with it; parts stay in memory that is in use already, and in the processor's cache.
 */
const maxPixels = 2 ** 19;

/**
 * Changes a large batch part by part where memory is the host's, all other batches at once.
 *
 * @param groupBy Images of one kind share a part.
 * @param change Is told whether the images are a part, of one kind.
 */
export function applyInChunks<Draw>(
  images: tf.Tensor4D,
  draws: readonly Draw[],
  groupBy: (draw: Draw) => string,
  change: (images: tf.Tensor4D, draws: readonly Draw[], isChunk: boolean) => tf.Tensor4D,
): tf.Tensor4D {
  const [batch, ...shape] = images.shape;
  const pixels = shape[0] * shape[1];
  if (batch * pixels <= 2 * maxPixels || isOnGpu()) return change(images, draws, false);
  const parts = partsOf(draws.map(groupBy), Math.max(1, Math.floor(maxPixels / pixels)));
  return tf.tidy(() => {
    const rows = tf.reshape(images, [batch, tf.util.sizeFromShape(shape)]);
    const changed: tf.Tensor4D[] = [];
    for (const part of parts) {
      const result = tf.tidy(() => {
        const chosen = tf.gatherND(rows, tf.tensor2d(part, [part.length, 1], 'int32'));
        return change(
          tf.reshape(chosen, [part.length, ...shape]) as tf.Tensor4D,
          part.map((n) => draws[n]),
          true,
        );
      });
      tf.split<tf.Tensor4D>(result, part.length).forEach((image, i) => {
        changed[part[i]] = image;
      });
    }
    return tf.concat(changed);
  });
}

/** The places of each kind, in parts of at most `size`. */
function partsOf(kinds: readonly string[], size: number): number[][] {
  const byKind = new Map<string, number[]>();
  for (const [n, kind] of kinds.entries()) byKind.set(kind, [...(byKind.get(kind) ?? []), n]);
  return [...byKind.values()].flatMap((places) =>
    Array.from({ length: Math.ceil(places.length / size) }, (_, i) => places.slice(i * size, (i + 1) * size)),
  );
}

function isOnGpu(): boolean {
  const { isUsingGpuDevice } = tf.backend() as { isUsingGpuDevice?: boolean };
  return ['webgl', 'webgpu'].includes(tf.getBackend()) || isUsingGpuDevice === true;
}
