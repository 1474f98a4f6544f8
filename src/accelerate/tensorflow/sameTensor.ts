import { type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { TensorFlowBackend } from './operation';

/** A cast to the type that a tensor has already is that tensor: TensorFlow is not called. */
export function castUnlessSame(stock: KernelFunc): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const { x } = inputs as { x: TensorInfo };
    return x.dtype === attrs?.dtype ? alias(x, backend) : stock({ inputs, attrs, backend });
  };
}

/** A reshape to the shape that a tensor has already, likewise. */
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
