import type { Tensor } from '@tensorflow/tfjs-core';
import { customKernel } from '../../support/customKernels';
import { batchStatistics } from './batchStatistics';
import { runElementwise } from './elementwise';

/**
 * Batch normalization in training, `y = scale (x - mean) / sqrt(variance + epsilon) + offset`, and its moving
 * statistics.
 */
export const batchNormTraining = customKernel('BatchNormTraining', (inputs, { epsilon, momentum }) => {
  const { x, scale, offset, movingMean, movingVariance } = inputs;
  const statistics = batchStatistics(x);
  const y = runElementwise(
    {
      name: 'negatives_batchNorm',
      inputs: ['x', 'statistics', 'scale', 'offset'],
      outputShape: x.shape,
      uniforms: { channels: scale.size },
      floats: { epsilon },
      value: `
  let channel = index % uniforms.channels;
  let r = inverseSqrt(statistics[uniforms.channels + channel] + uniforms.epsilon);
  return (x[index] - statistics[channel]) * (r * scale[channel]) + offset[channel];`,
    },
    [x, statistics, scale, offset],
  );
  return [y, follow(movingMean, statistics, 0, momentum), follow(movingVariance, statistics, 1, momentum), statistics];
});

/** Updates `m <- m + (1 - momentum) (batch - m)`, where the batch's are a row of its statistics. */
const follow = (moving: Tensor, statistics: Tensor, row: number, momentum: number): Tensor =>
  runElementwise(
    {
      name: 'negatives_movingStatistic',
      inputs: ['moving', 'statistics'],
      outputShape: moving.shape,
      uniforms: { first: row * moving.size },
      floats: { share: 1 - momentum },
      value: 'return moving[index] + (statistics[uniforms.first + index] - moving[index]) * uniforms.share;',
    },
    [moving, statistics],
  );
