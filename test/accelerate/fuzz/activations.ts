import * as tf from '@tensorflow/tfjs-core';

/** What a fused operation does at its end: a function, and its slope. */
interface Activation {
  of(value: number): number;
  slope(value: number): number;
}

/** Of negative values, by leaky ReLU; by PReLU, whose weights are all this. */
export const alpha = 0.3;

const leaky: Activation = { of: (v) => (v > 0 ? v : alpha * v), slope: (v) => (v > 0 ? 1 : alpha) };
const sigmoid = (v: number) => 1 / (1 + Math.exp(-v));

export const activations: Record<string, Activation> = {
  linear: { of: (v) => v, slope: () => 1 },
  relu: { of: (v) => Math.max(0, v), slope: (v) => Number(v > 0) },
  relu6: { of: (v) => Math.min(6, Math.max(0, v)), slope: (v) => Number(v > 0 && v < 6) },
  elu: { of: (v) => (v > 0 ? v : Math.expm1(v)), slope: (v) => (v > 0 ? 1 : Math.exp(v)) },
  sigmoid: { of: sigmoid, slope: (v) => sigmoid(v) * sigmoid(-v) },
  leakyrelu: leaky,
  prelu: leaky,
};

/** The options of a fused operation, with weights by channel where the activation has some. */
export const toOptions = (activation: string | undefined, channels: number) => ({
  activation: activation as 'relu',
  ...(activation === 'prelu' && { preluActivationWeights: tf.fill([channels], alpha) }),
  ...(activation === 'leakyrelu' && { leakyreluAlpha: alpha }),
});
