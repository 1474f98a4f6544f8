import { type KernelFunc, mul, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { batchNormAttributes, runBatchNormGradient } from './batchNormGradient';
import { runOperation } from './operation';

/**
 * Batch normalization in training by TensorFlow's fused operations; the kernels of `batchNormalization`'s fast path:
 *
 *     BatchNormTraining     {x, scale, offset, movingMean, movingVariance}, {epsilon, momentum}
 *                           -> [y, new movingMean, new movingVariance, ...three tensors kept for the gradient]
 *     BatchNormTrainingGrad {dy, x, scale, kept0, kept1, kept2}, {epsilon} -> [dx, dScale, dOffset]
 */
export const batchNormTraining: KernelFunc = ({ inputs, attrs, backend }) => {
  const { x, scale, offset, movingMean, movingVariance } = inputs as Record<string, Tensor>;
  const { epsilon, momentum } = attrs as { epsilon: number; momentum: number };
  // TensorFlow averages the unbiased variance, tfjs the biased one, which is smaller by this factor.
  const count = x.size / scale.size;
  const bias = Math.max(count - 1, 1) / count;
  return tidy(() => {
    const before = [movingMean, mul(movingVariance, 1 / bias)];
    const attributes = { ...batchNormAttributes(epsilon, true), exponential_avg_factor: { float: 1 - momentum } };
    const outputs = runOperation(backend, 'FusedBatchNormV3', [x, scale, offset, ...before], attributes, 6);
    outputs[2] = mul(outputs[2], bias);
    return outputs;
  });
};

export const batchNormTrainingGrad: KernelFunc = ({ inputs, attrs, backend }) => {
  const { dy, x, scale, kept0, kept1, kept2 } = inputs as Record<string, Tensor>;
  const { epsilon } = attrs as { epsilon: number };
  return tidy(() => runBatchNormGradient(backend, [dy, x, scale, kept0, kept1, kept2], epsilon, true));
};
