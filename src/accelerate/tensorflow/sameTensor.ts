import { type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { TensorFlowBackend } from './operation';

/**
 * Returns the tensor itself for a cast of float32 to float32: TensorFlow is not called. A cast to int32 always is,
 * since tfjs-node calls a decoded image's uint8 int32 too, and this cast makes it so.
 */
export function castUnlessSame(stock: KernelFunc): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const { x } = inputs as { x: TensorInfo };
    return x.dtype === 'float32' && attrs?.dtype === 'float32' ? alias(x, backend) : stock({ inputs, attrs, backend });
  };
}

/** Returns the tensor itself for a reshape to its own shape. */
export function reshapeUnlessSame(stock: KernelFunc): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const { x } = inputs as { x: TensorInfo };
    return util.arraysEqual(x.shape, attrs?.shape as number[]) ? alias(x, backend) : stock({ inputs, attrs, backend });
  };
}

/** Makes a second tensor of the same values, as the kernel of `tf.clone` does. */
function alias({ dataId, shape, dtype }: TensorInfo, backend: object): TensorInfo {
  (backend as TensorFlowBackend).incRef(dataId);
  return { dataId, shape, dtype };
}
