import { customKernel } from '../../support/customKernels';
import { runProgram } from './program';

/** The update of `SGD`: `v <- momentum v + g + weightDecay w`, `w <- w - lr v`. */
export const sgdStep = customKernel('SGDStep', ({ weight, gradient, velocity }, attributes) => {
  const { learningRate, momentum, weightDecay } = attributes;
  const outputShape = weight.shape;
  const next = runProgram(
    {
      inputs: ['weight', 'gradient', ...(velocity ? ['velocity'] : [])],
      outputShape,
      uniforms: { momentum, weightDecay },
      code: `
  void main() {
    vec4 next = getGradientAtOutCoords() + getWeightAtOutCoords() * weightDecay;
    ${velocity ? 'next += getVelocityAtOutCoords() * momentum;' : ''}
    setOutput(next);
  }`,
    },
    [weight, gradient, ...(velocity ? [velocity] : [])],
  );
  const moved = runProgram(
    {
      inputs: ['weight', 'next'],
      outputShape,
      uniforms: { learningRate },
      code: 'void main() { setOutput(getWeightAtOutCoords() - getNextAtOutCoords() * learningRate); }',
    },
    [weight, next],
  );
  return velocity ? [moved, next] : [moved];
});

/** The update of a moving average: `average <- value + momentum (average - value)`. */
export const movingAverage = customKernel('MovingAverage', ({ average, value }, { momentum }) =>
  runProgram(
    {
      inputs: ['average', 'value'],
      outputShape: average.shape,
      uniforms: { momentum },
      code: `
  void main() {
    vec4 value = getValueAtOutCoords();
    setOutput(value + (getAverageAtOutCoords() - value) * momentum);
  }`,
    },
    [average, value],
  ),
);
