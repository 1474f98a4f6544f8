import { customKernel } from '../../support/customKernels';
import { runElementwise } from './elementwise';

/** The update of `SGD`: `v <- momentum v + g + weightDecay w`, `w <- w - lr v`. */
export const sgdStep = customKernel('SGDStep', ({ weight, gradient, velocity }, attributes) => {
  const { learningRate, momentum, weightDecay } = attributes;
  const outputShape = weight.shape;
  const inputs = ['weight', 'gradient', ...(velocity ? ['velocity'] : [])];
  const decayed = 'gradient[index] + weight[index] * uniforms.weightDecay';
  const next = runElementwise(
    {
      name: velocity ? 'negatives_velocity' : 'negatives_decayedGradient',
      inputs,
      outputShape,
      floats: { momentum, weightDecay },
      value: velocity ? `return velocity[index] * uniforms.momentum + (${decayed});` : `return ${decayed};`,
    },
    [weight, gradient, ...(velocity ? [velocity] : [])],
  );
  const moved = runElementwise(
    {
      name: 'negatives_sgdStep',
      inputs: ['weight', 'next'],
      outputShape,
      floats: { learningRate },
      value: 'return weight[index] - next[index] * uniforms.learningRate;',
    },
    [weight, next],
  );
  return velocity ? [moved, next] : [moved];
});

/** The update of a moving average: `average <- value + momentum (average - value)`. */
export const movingAverage = customKernel('MovingAverage', ({ average, value }, { momentum }) =>
  runElementwise(
    {
      name: 'negatives_movingAverage',
      inputs: ['average', 'value'],
      outputShape: average.shape,
      floats: { momentum },
      value: 'return value[index] + (average[index] - value[index]) * uniforms.momentum;',
    },
    [average, value],
  ),
);
