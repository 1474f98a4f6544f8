import type { ClipByValueAttrs, KernelFunc, Tensor } from '@tensorflow/tfjs-core';
import { scalar, tidy } from '@tensorflow/tfjs-core';
import { runOperation } from './operation';

/** Runs TensorFlow's own ClipByValue; tfjs-node takes two passes, a maximum and a minimum. */
export function clip(stock: KernelFunc): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const { x } = inputs as { x: Tensor };
    const { clipValueMin, clipValueMax } = attrs as unknown as ClipByValueAttrs;
    if (x.dtype !== 'float32') return stock({ inputs, attrs, backend });
    return tidy(() => {
      const bounds = [scalar(clipValueMin), scalar(clipValueMax)];
      return runOperation(backend, 'ClipByValue', [x, ...bounds], { T: { type: 'float32' } })[0];
    });
  };
}
