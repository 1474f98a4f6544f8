import { customKernel } from '../../support/customKernels';
import { runProgram } from './program';

/** `dx = dy` where `y > 0`, else 0; NaN where y is. */
export const reluGrad = customKernel('ReluGrad', ({ dy, y }) =>
  runProgram(
    {
      inputs: ['dy', 'y'],
      outputShape: y.shape,
      code: `
  void main() {
    vec4 y = getYAtOutCoords();
    bvec4 isPositive = greaterThan(y, vec4(0));
    setOutput(getDyAtOutCoords() * mix(y, vec4(1), isPositive));
  }`,
    },
    [dy, y],
  ),
);

/** `dx = dy` where `min <= x <= max`, else 0. */
export const clipByValueGrad = customKernel('ClipByValueGrad', ({ dy, x }, { min, max }) =>
  runProgram(
    {
      inputs: ['dy', 'x'],
      outputShape: x.shape,
      uniforms: { low: min, high: max },
      code: `
  void main() {
    vec4 x = getXAtOutCoords();
    vec4 isWithin = vec4(greaterThanEqual(x, vec4(low))) * vec4(lessThanEqual(x, vec4(high)));
    setOutput(mix(vec4(0), getDyAtOutCoords(), greaterThan(isWithin, vec4(0))));
  }`,
    },
    [dy, x],
  ),
);
