import { mul } from '@tensorflow/tfjs-core';
import { customKernel } from '../../support/customKernels';
import { batchNormAttributes, runBatchNormGradient } from './batchNormGradient';
import { runOperation } from './operation';

/** Batch normalization in training by TensorFlow's fused operation: the fast path of `batchNormalization`. */
export const batchNormTraining = customKernel('BatchNormTraining', (inputs, { epsilon, momentum }, backend) => {
  const { x, scale, offset, movingMean, movingVariance } = inputs;
  // TensorFlow averages the unbiased variance, tfjs the biased one, which is smaller by this factor.
  const count = x.size / scale.size;
  const bias = Math.max(count - 1, 1) / count;
  const before = [movingMean, mul(movingVariance, 1 / bias)];
  const attributes = { ...batchNormAttributes(epsilon, true), exponential_avg_factor: { float: 1 - momentum } };
  const outputs = runOperation(backend, 'FusedBatchNormV3', [x, scale, offset, ...before], attributes, 6);
  outputs[2] = mul(outputs[2], bias);
  return outputs;
});

/** Its gradients. */
export const batchNormTrainingGrad = customKernel('BatchNormTrainingGrad', (inputs, { epsilon }, backend) => {
  const { dy, x, scale, kept0, kept1, kept2 } = inputs;
  return runBatchNormGradient(backend, [dy, x, scale, kept0, kept1!, kept2!], epsilon, true);
});
