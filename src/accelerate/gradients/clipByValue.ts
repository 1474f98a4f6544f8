import type { ClipByValueAttrs, Tensor } from '@tensorflow/tfjs-core';
import { runCustomKernel } from '../../support/customKernels';
import type { FastGradient } from '../registry';

/** Makes the gradient of clipping by one launch, in place of comparisons, a conjunction, zeros and a selection. */
export const shaderClipGradient: FastGradient =
  () =>
  (dy, [x], attributes) => {
    const { clipValueMin: min, clipValueMax: max } = attributes as unknown as ClipByValueAttrs;
    return { x: () => runCustomKernel('ClipByValueGrad', { dy: dy as Tensor, x }, { min, max }) };
  };
