import { customKernel } from '../../support/customKernels';
import { runElementwise } from './elementwise';

/** `dx = dy` where `y > 0`, else 0; NaN where y is. */
export const reluGrad = customKernel('ReluGrad', ({ dy, y }) =>
  runElementwise(
    {
      name: 'negatives_reluGrad',
      inputs: ['dy', 'y'],
      outputShape: y.shape,
      value: 'return dy[index] * select(y[index], 1.0, y[index] > 0.0);',
    },
    [dy, y],
  ),
);

/** `dx = dy` where `min <= x <= max`, else 0. */
export const clipByValueGrad = customKernel('ClipByValueGrad', ({ dy, x }, { min, max }) =>
  runElementwise(
    {
      name: 'negatives_clipByValueGrad',
      inputs: ['dy', 'x'],
      outputShape: x.shape,
      floats: { low: min, high: max },
      value: 'return select(0.0, dy[index], x[index] >= uniforms.low && x[index] <= uniforms.high);',
    },
    [dy, x],
  ),
);
