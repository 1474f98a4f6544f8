import * as tf from '@tensorflow/tfjs-core';

/**
 * Largest chunk in pixels. TensorFlow on a CPU asks the system for fresh memory with every large tensor, which costs
 * more than most kernels do with it; chunks stay in memory that is in use already, and in the processor's cache.
 */
const maxPixels = 2 ** 19;

/**
 * Applies `change` to a large batch chunk by chunk where memory is the host's, to all other batches at once.
 *
 * @param groupBy Images of one group share a chunk.
 * @param change Called with `isChunk` when it receives images of only one group.
 */
export function applyInChunks<Params>(
  images: tf.Tensor4D,
  params: readonly Params[],
  groupBy: (entry: Params) => string,
  change: (images: tf.Tensor4D, params: readonly Params[], isChunk: boolean) => tf.Tensor4D,
): tf.Tensor4D {
  const [batch, ...shape] = images.shape;
  const pixels = shape[0] * shape[1];
  if (batch * pixels <= 2 * maxPixels || isOnGpu()) return change(images, params, false);
  const chunks = chunksOf(params.map(groupBy), Math.max(1, Math.floor(maxPixels / pixels)));
  return tf.tidy(() => {
    const rows = tf.reshape(images, [batch, tf.util.sizeFromShape(shape)]);
    const changed: tf.Tensor4D[] = [];
    for (const chunk of chunks) {
      const result = tf.tidy(() => {
        const chosen = tf.gatherND(rows, tf.tensor2d(chunk, [chunk.length, 1], 'int32'));
        return change(
          tf.reshape(chosen, [chunk.length, ...shape]) as tf.Tensor4D,
          chunk.map((n) => params[n]),
          true,
        );
      });
      tf.split<tf.Tensor4D>(result, chunk.length).forEach((image, i) => {
        changed[chunk[i]] = image;
      });
    }
    return tf.concat(changed);
  });
}

/** Returns the indices of each group, in chunks of at most `size`. */
function chunksOf(groups: readonly string[], size: number): number[][] {
  const byGroup = new Map<string, number[]>();
  for (const [n, group] of groups.entries()) byGroup.set(group, [...(byGroup.get(group) ?? []), n]);
  return [...byGroup.values()].flatMap((indices) =>
    Array.from({ length: Math.ceil(indices.length / size) }, (_, i) => indices.slice(i * size, (i + 1) * size)),
  );
}

function isOnGpu(): boolean {
  const { isUsingGpuDevice } = tf.backend() as { isUsingGpuDevice?: boolean };
  return ['webgl', 'webgpu'].includes(tf.getBackend()) || isUsingGpuDevice === true;
}
