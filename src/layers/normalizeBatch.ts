import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { hasCustomKernel, runCustomKernel } from '../support/customKernels';

interface MovingStatistics {
  /** Share of a moving statistic that a batch leaves. */
  momentum: number;
  movingMean: LayerVariable;
  movingVariance: LayerVariable;
}

/**
 * Normalizes a batch `[…, C]` by its own mean and biased variance over all axes but the last, and moves the moving
 * ones: `gamma (x - mean) / sqrt(variance + epsilon) + beta`, with gamma and beta of shape `[C]`.
 */
export function normalizeBatch(
  x: tf.Tensor,
  gamma: tf.Tensor,
  beta: tf.Tensor,
  epsilon: number,
  moving: MovingStatistics,
): tf.Tensor {
  // A gradient that will itself be differentiated has to be made of operations on the tape.
  if (tf.engine().state.gradientDepth > 1) return taped(x, gamma, beta, epsilon, moving);
  const normalize = hasCustomKernel('BatchNormTraining') ? fused : composed;
  return normalize(x, gamma, beta, epsilon, moving);
}

type Normalize = typeof normalizeBatch;

/** Uses the kernels that `accelerate()` registers. */
const fused: Normalize = (x, gamma, beta, epsilon, { momentum, movingMean, movingVariance }) => {
  const operation = tf.customGrad((...args) => {
    const [x, scale, offset] = args as tf.Tensor[];
    const save = args[3] as tf.GradSaveFunc;
    const inputs = { x, scale, offset, movingMean: movingMean.read(), movingVariance: movingVariance.read() };
    const [y, mean, variance, ...kept] = runCustomKernel('BatchNormTraining', inputs, { epsilon, momentum });
    movingMean.write(mean);
    movingVariance.write(variance);
    save([x, scale, ...kept]);
    const gradFunc = (dy: tf.Tensor, [x, scale, kept0, kept1, kept2]: tf.Tensor[]) => {
      const inputs = { dy, x, scale, kept0, ...(kept1 && { kept1, kept2 }) };
      return runCustomKernel('BatchNormTrainingGrad', inputs, { epsilon });
    };
    return { value: y, gradFunc };
  });
  if (x.rank === 4) return operation(x, gamma, beta);
  const images = tf.reshape(x, [1, 1, x.size / gamma.size, gamma.size]);
  return tf.reshape(operation(images, gamma, beta), x.shape);
};

/** Uses one gradient for the whole, which needs two sums over the batch and keeps one tensor of the size of x. */
const composed: Normalize = (x, gamma, beta, epsilon, moving) => {
  const axes = batchAxes(x);
  const count = x.size / gamma.size;
  const operation = tf.customGrad((...args) => {
    const [x, gamma, beta] = args as tf.Tensor[];
    const save = args[3] as tf.GradSaveFunc;
    const mean = tf.mean(x, axes);
    const centered = tf.sub(x, mean);
    const variance = tf.mean(tf.square(centered), axes);
    const r = tf.rsqrt(tf.add(variance, epsilon));
    move(moving, mean, variance);
    save([centered, r, gamma]);
    const value = tf.add(tf.mul(centered, tf.mul(r, gamma)), beta);
    const gradFunc = (dy: tf.Tensor, [centered, r, gamma]: tf.Tensor[]) => {
      const dBeta = tf.sum(dy, axes);
      const dGamma = tf.mul(tf.sum(tf.mul(dy, centered), axes), r);
      // dx = r gamma (dy - mean of dy - centered r (mean of dy centered r))
      const through = tf.add(tf.mul(centered, tf.mul(tf.mul(dGamma, r), 1 / count)), tf.mul(dBeta, 1 / count));
      return [tf.mul(tf.sub(dy, through), tf.mul(r, gamma)), dGamma, dBeta];
    };
    return { value, gradFunc };
  });
  return operation(x, gamma, beta);
};

const taped: Normalize = (x, gamma, beta, epsilon, moving) => {
  const { mean, variance } = tf.moments(x, batchAxes(x));
  move(moving, mean, variance);
  const r = tf.rsqrt(tf.add(variance, epsilon));
  return tf.add(tf.mul(tf.sub(x, mean), tf.mul(r, gamma)), beta);
};

const batchAxes = (x: tf.Tensor) => x.shape.slice(0, -1).map((_, axis) => axis);

function move({ momentum, movingMean, movingVariance }: MovingStatistics, mean: tf.Tensor, variance: tf.Tensor): void {
  const follow = (moving: LayerVariable, batch: tf.Tensor) => {
    const before = moving.read();
    moving.write(tf.add(before, tf.mul(tf.sub(batch, before), 1 - momentum)));
  };
  follow(movingMean, mean);
  follow(movingVariance, variance);
}
