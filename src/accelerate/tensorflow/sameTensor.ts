import { type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { TensorFlowBackend } from './operation';

/**
 * A cast of float32 to float32 is the tensor itself: TensorFlow is not called. A cast to int32 always is, since
 * tfjs-node calls a decoded image's uint8 int32 too, and this cast makes it so.
 */
export function castUnlessSame(stock: KernelFunc): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const { x } = inputs as { x: TensorInfo };
    return x.dtype === 'float32' && attrs?.dtype === 'float32' ? alias(x, backend) : stock({ inputs, attrs, backend });
  };
}

/** A reshape to a tensor's own shape is the tensor itself too. */
export function reshapeUnlessSame(stock: KernelFunc): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const { x } = inputs as { x: TensorInfo };
    return util.arraysEqual(x.shape, attrs?.shape as number[]) ? alias(x, backend) : stock({ inputs, attrs, backend });
  };
}

/** A second tensor with the same values, as the kernel of `tf.clone` makes it. */
function alias({ dataId, shape, dtype }: TensorInfo, backend: object): TensorInfo {
  (backend as TensorFlowBackend).incRef(dataId);
  return { dataId, shape, dtype };
}
