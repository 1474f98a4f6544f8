import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { type Predictions, registerLoss } from '../layers/compile';
import { checkSimilarities, knownNegatives, negativesOf } from '../layers/contrastiveSimilarities';
import { checkIsCalled } from '../support/checkIsCalled';
import { hasCustomKernel, type InfoNCEFactors, runCustomKernel } from '../support/customKernels';
import { ArgumentError } from '../support/errors';
import { hasHalfFloats } from '../support/hasHalfFloats';
import { integer, number, optional, readOptions } from '../support/options';

/** The weights of similarities in the loss. */
export interface NonSemanticInfoNCEArgs {
  /** τ, above 0. @default 0.2 */
  temperature?: number;
  /** α, any number: the factor on the similarity to non-semantic negatives, inside the exponent. @default 2 */
  alpha?: number;
  /** M, how many of the last columns are non-semantic negatives; 0 is plain InfoNCE. @default as the layer made them */
  negatives?: number;
}

export const nonSemanticInfoNCEOptions = {
  temperature: number({ above: 0, default: 0.2 }),
  alpha: number({ default: 2 }),
  negatives: optional(integer({ min: 0 })),
};

/**
 * A loss for `compile` and for custom loops, which may pass what `model.apply` returns: a scalar. The labels are not
 * used; the key is always column 0.
 */
export type ContrastiveLoss = (
  yTrue: tf.Tensor | null | undefined,
  yPred: ReturnType<tfl.LayersModel['apply']>,
) => tf.Scalar;

/**
 * Makes InfoNCE in which non-semantic negatives count α-fold: the mean over rows of
 * -log( e^{q·k/τ} / (e^{q·k/τ} + Σ_i e^{q·u_i/τ} + Σ_m e^{α q·t_m/τ}) ).
 *
 * Takes similarities `[N, 1 + K + M]` from `memoryQueue`, `batchSimilarities` or `contrastiveSimilarities`, unscaled.
 * Exact at any temperature (the largest logit is subtracted first), with one fused gradient. α = 0 leaves a constant
 * logit for each negative: plain MoCo is a model without negatives.
 *
 * Source: Ge et al. 2021, equation 2.
 * @throws ArgumentError for options out of range; where M is neither remembered nor given; where the two differ.
 */
export function nonSemanticInfoNCE(args: NonSemanticInfoNCEArgs = {}): ContrastiveLoss {
  checkIsCalled('nonSemanticInfoNCE', args);
  const options = readOptions('nonSemanticInfoNCE', args, nonSemanticInfoNCEOptions);
  const { temperature, alpha } = options;

  return registerLoss('nonSemanticInfoNCE', (_yTrue: unknown, yPred: Predictions) => {
    const similarities = checkSimilarities('nonSemanticInfoNCE()', yPred as tf.Tensor);
    const negatives = countNegatives(similarities, options.negatives);
    const factors = { factor: 1 / temperature, negativeFactor: alpha / temperature, negatives };
    const crossEntropy = hasCustomKernel('InfoNCE') ? fused : composed;
    return tf.tidy(() => tf.customGrad(crossEntropy(factors))(similarities) as tf.Scalar);
  });
}

/** Mean cross-entropy of softmax(factors * x) with label 0; its gradient is (softmax - label) * factors / N. */
type CrossEntropy = (factors: InfoNCEFactors) => Parameters<typeof tf.customGrad>[0];

/** Uses the kernels that `accelerate()` registers. */
const fused: CrossEntropy =
  (factors) =>
  (...inputs) => {
    const [x, save] = inputs as [tf.Tensor, tf.GradSaveFunc];
    const [value, norms] = runCustomKernel('InfoNCE', { x }, factors);
    save([x, norms]);
    return {
      value,
      gradFunc: (dy, [x, norms]) => runCustomKernel('InfoNCEGrad', { dy, x, norms }, factors),
    } as ReturnType<ReturnType<CrossEntropy>>;
  };

/** Composes operations, and frees each tensor of x's size after its use: warm memory is faster than fresh. */
const composed: CrossEntropy =
  ({ factor, negativeFactor, negatives }) =>
  (...inputs) => {
    const [x, save] = inputs as [tf.Tensor, tf.GradSaveFunc];
    const [batch, columns] = x.shape as [number, number];
    const list = new Float32Array(columns).fill(factor).fill(negativeFactor, columns - negatives);
    const factors = tf.tensor2d(list, [1, columns]);
    const logits = tf.mul(x, factors);
    const { softmax, logSum } = softmaxOf(logits);
    const rows = tf.sub(logSum, tf.slice(logits, [0, 0], [batch, 1]));
    logits.dispose();
    save([softmax, factors]);
    const gradFunc = (dy: tf.Tensor, [shares, scale]: tf.Tensor[]) => {
      const weights = tf.mul(scale, tf.div(dy, batch));
      const scaled = tf.mul(shares, weights);
      const gradient = tf.sub(scaled, tf.mul(tf.oneHot(tf.tensor1d([0], 'int32'), columns), weights));
      scaled.dispose();
      return gradient;
    };
    return { value: tf.mean(rows), gradFunc: gradFunc as (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor };
  };

/** Returns the softmax of rows, and the logarithm of the sum of their exponentials. */
function softmaxOf(logits: tf.Tensor): { softmax: tf.Tensor; logSum: tf.Tensor } {
  const max = tf.max(logits, 1, true);
  if (!hasHalfFloats()) {
    const softmax = tf.softmax(logits);
    // With m the largest logit, whose share is e^m / sum: log(sum) = m - log(largest share), at any scale.
    return { softmax, logSum: tf.sub(max, tf.log(tf.max(softmax, 1, true))) };
  }
  // In 16 bits the largest share may be too small for its logarithm, and the sum of many exponentials too large.
  const shift = tf.add(max, Math.max(0, Math.log((logits.shape[1] as number) / 2 ** 15)));
  const exponentials = tf.exp(tf.sub(logits, shift));
  const sum = tf.sum(exponentials, 1, true);
  return { softmax: tf.div(exponentials, sum), logSum: tf.add(shift, tf.log(sum)) };
}

function countNegatives(yPred: tf.Tensor2D, given: number | undefined): number {
  const remembered = negativesOf(yPred);
  const negatives = knownNegatives(yPred, given);
  if (remembered !== undefined && negatives !== remembered)
    throw new ArgumentError('option negatives', `the model's ${remembered}`, `${negatives}`);
  const others = yPred.shape[1] - 1;
  if (negatives > others)
    throw new ArgumentError(
      'option negatives',
      `an integer of at most ${others}`,
      `${negatives}`,
      'The first column is the key.',
    );
  return negatives;
}
