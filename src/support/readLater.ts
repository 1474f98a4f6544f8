import * as tf from '@tensorflow/tfjs-core';

/**
 * Reads a tensor after the current call has returned, even if it is disposed by then.
 *
 * A download inside a step would stall a GPU, and a kept copy would count as another tensor. Holding the data by the
 * backend's own reference count, as the Identity kernel does, avoids both.
 *
 * @returns Its values; undefined where the data has left the backend.
 */
export async function readLater({ dataId }: tf.Tensor): Promise<ArrayLike<number> | undefined> {
  const engine = tf.engine();
  const backend = engine.state.tensorInfo.get(dataId)?.backend;
  if (!backend) return undefined;
  backend.incRef(dataId);
  await Promise.resolve();
  const isThere = () => engine.state.tensorInfo.get(dataId)?.backend === backend;
  try {
    return isThere() ? ((await backend.read(dataId)) as ArrayLike<number>) : undefined;
  } catch {
    return undefined; // a device that was lost, or a backend that was removed
  } finally {
    if (isThere() && backend.disposeData(dataId)) engine.removeDataId(dataId, backend);
  }
}
