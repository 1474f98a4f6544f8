import type { Tensor } from '@tensorflow/tfjs-core';
import { customKernel } from '../../support/customKernels';
import { batchStatistics } from './batchStatistics';
import { withoutPadding } from './padding';
import { runProgram } from './program';

/**
 * Batch normalization in training, `y = scale (x - mean) / sqrt(variance + epsilon) + offset`, and its moving
 * statistics.
 */
export const batchNormTraining = customKernel('BatchNormTraining', (inputs, { epsilon, momentum }) => {
  const { x, scale, offset, movingMean, movingVariance } = inputs;
  const statistics = batchStatistics(x);
  const y = runProgram(
    {
      inputs: ['x', 'statistics', 'scale', 'offset'],
      outputShape: x.shape,
      uniforms: { epsilon },
      code: `${withoutPadding(x.shape)}
  void main() {
    int channel = getOutputCoords().w;
    vec4 statistics = getStatistics(0, channel);
    vec2 factor = inversesqrt(statistics.zw + epsilon) * getScale(channel).xy;
    vec4 y = (getXAtOutCoords() - statistics.xyxy) * factor.xyxy + getOffset(channel).xyxy;
    setOutput(withoutPadding(y));
  }`,
    },
    [x, statistics, scale, offset],
  );
  return [
    y,
    follow(movingMean, statistics, 'xy', momentum),
    follow(movingVariance, statistics, 'zw', momentum),
    statistics,
  ];
});

/** Updates `m <- m + (1 - momentum) (batch - m)`, where the batch's are a row of its statistics. */
const follow = (moving: Tensor, statistics: Tensor, row: 'xy' | 'zw', momentum: number): Tensor =>
  runProgram(
    {
      inputs: ['moving', 'statistics'],
      outputShape: moving.shape,
      uniforms: { share: 1 - momentum },
      code: `
  void main() {
    int channel = getOutputCoords();
    vec2 before = getMoving(channel).xy;
    vec2 batch = getStatistics(0, channel).${row};
    setOutput(vec4(before + (batch - before) * share, 0, 0));
  }`,
    },
    [moving, statistics],
  );
