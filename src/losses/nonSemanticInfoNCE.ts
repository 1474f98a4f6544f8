import * as tf from '@tensorflow/tfjs-core';
import { checkSimilarities, negativesOf } from '../layers/contrastiveSimilarities';
import { ArgumentError, checkNames, checkNumber } from '../support/errors';

/** Options of `nonSemanticInfoNCE`. */
export interface NonSemanticInfoNCEArgs {
  /** τ, above 0. @default 0.2 */
  temperature?: number;
  /** α, the factor on the similarity to non-semantic negatives, inside the exponent. @default 2 */
  alpha?: number;
  /** M, the last columns that are non-semantic negatives; 0 is plain InfoNCE. @default as the queue layer made them */
  negatives?: number;
}

/** A loss for `compile`, and for loops of one's own: a scalar. The labels are not used; the key is always column 0. */
export type ContrastiveLoss = (yTrue: tf.Tensor | null | undefined, yPred: tf.Tensor) => tf.Scalar;

/**
 * InfoNCE in which non-semantic negatives count α-fold: the mean over rows of
 * -log( e^{q·k/τ} / (e^{q·k/τ} + Σ_i e^{q·u_i/τ} + Σ_m e^{α q·t_m/τ}) ).
 *
 * Takes similarities `[N, 1 + K + M]` from `memoryQueue` or `contrastiveSimilarities`, unscaled. Exact at any
 * temperature (the greatest logit is subtracted first), with one fused gradient. α = 0 leaves a constant logit a
 * negative, so it is not plain MoCo: no negatives at all is.
 *
 * Source: Ge et al. 2021, equation 2.
 * @throws ArgumentError for options out of range; where M is neither remembered nor given; where the two differ.
 */
export function nonSemanticInfoNCE(args: NonSemanticInfoNCEArgs = {}): ContrastiveLoss {
  checkNames('nonSemanticInfoNCE()', args, ['temperature', 'alpha', 'negatives']);
  const temperature = checkNumber('temperature', args.temperature ?? 0.2, { above: 0 });
  const alpha = checkNumber('alpha', args.alpha ?? 2);
  if (args.negatives !== undefined) checkNumber('negatives', args.negatives, { min: 0, integer: true });

  return function nonSemanticInfoNCE(_yTrue, yPred) {
    const negatives = countNegatives(yPred, args.negatives);
    const columns = yPred.shape[1] as number;
    return tf.tidy(() => {
      const factors = new Float32Array(columns).fill(1 / temperature).fill(alpha / temperature, columns - negatives);
      return crossEntropyWithFirst(yPred as tf.Tensor2D, tf.tensor2d(factors, [1, columns]));
    });
  };
}

/**
 * Mean cross-entropy of softmax(factors * x) with label 0; its gradient is (softmax - label) * factors / N.
 *
 * What has the size of x is freed as soon as it was used: memory that is still warm is faster than fresh.
 */
function crossEntropyWithFirst(x: tf.Tensor2D, factors: tf.Tensor2D): tf.Scalar {
  const [batch, columns] = x.shape;
  const loss = tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [similarities, save] = inputs as [tf.Tensor, tf.GradSaveFunc];
    const logits = tf.mul(similarities, factors);
    const softmax = tf.softmax(logits);
    // With m the greatest logit, whose share is e^m / sum: log(sum of e^logits) = m - log(greatest share), at any scale.
    const logSum = tf.sub(tf.max(logits, 1, true), tf.log(tf.max(softmax, 1, true)));
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
  });
  return loss(x) as tf.Scalar;
}

function countNegatives(yPred: tf.Tensor, given: number | undefined): number {
  checkSimilarities('nonSemanticInfoNCE()', yPred);
  const remembered = negativesOf(yPred);
  const negatives = given ?? remembered;
  if (negatives === undefined)
    throw new ArgumentError(
      'option negatives',
      'a count, as these similarities do not come from a memoryQueue',
      'undefined',
    );
  if (remembered !== undefined && negatives !== remembered)
    throw new ArgumentError('option negatives', `the model's ${remembered}`, `${negatives}`);
  if (negatives > (yPred.shape[1] as number) - 1)
    throw new ArgumentError(
      'option negatives',
      `at most ${(yPred.shape[1] as number) - 1}, all columns but the key's`,
      `${negatives}`,
    );
  return negatives;
}
