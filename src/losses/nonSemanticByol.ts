import * as tf from '@tensorflow/tfjs-core';
import { type Directions, directionsOf } from '../layers/byolRows';
import { type Predictions, registerLoss } from '../layers/compile';
import { checkIsCalled } from '../support/checkIsCalled';
import { checkNumber, checkTensor } from '../support/checks';
import { ArgumentError, describe } from '../support/errors';
import { custom, number, optional, readOptions } from '../support/options';
import type { ContrastiveLoss } from './nonSemanticInfoNCE';

/** The weight and the number of negatives. */
export interface NonSemanticByolArgs {
  /** α, the weight of the similarity to non-semantic negatives, at least 0; 0 is plain BYOL. @default 1 */
  alpha?: number;
  /**
   * Number of non-semantic negatives: one number for rows of one direction, `[prediction, target key, …target
   * negatives]`, a pair for rows of two. @default as the byol layer made them; without one, rows `[N, 2, D]` and
   * `[N, 3, D]` are one direction
   */
  negatives?: number | [number, number];
}

export const nonSemanticByolOptions = {
  alpha: number({ min: 0, default: 1 }),
  negatives: optional(custom((_, value) => checkNegatives(value) as unknown as number | [number, number])),
};

/**
 * Makes BYOL's loss with non-semantic negatives: the mean over images of
 * 2 - 2 p·z_k + α Σ_m 2 p·z_m, summed over the two directions.
 *
 * Takes unit rows `[N, V, D]` from a `byol` layer: p the prediction made from a view, z_k the target network's
 * projection of the other view, z_m those of the negatives of the same view. Without negatives it is |p - z_k|², BYOL's
 * own loss.
 *
 * Source: Grill et al. 2020, equation 2; Ge et al. 2021 combine it with negatives, whose exact form is inferred here.
 * @throws ArgumentError for options out of range; where the negatives are neither remembered nor given; where the two
 * differ.
 */
export function nonSemanticByol(args: NonSemanticByolArgs = {}): ContrastiveLoss {
  checkIsCalled('nonSemanticByol', args);
  const { alpha, ...options } = readOptions('nonSemanticByol', args, nonSemanticByolOptions);
  const given = options.negatives as Directions | undefined;

  return registerLoss('nonSemanticByol', (_yTrue: unknown, predictions: Predictions) => {
    const yPred = predictions as tf.Tensor;
    const directions = countNegatives(yPred, given);
    return tf.tidy(() => {
      const rows = tf.split(
        yPred,
        directions.map((negatives) => 2 + negatives),
        1,
      );
      return tf.addN(rows.map((own, i) => directionLoss(own, directions[i], alpha))) as tf.Scalar;
    });
  });
}

/** Computes the loss of one direction, which is linear in the products of its first row with the others. */
function directionLoss(rows: tf.Tensor, negatives: number, alpha: number): tf.Tensor {
  const [batch, , dimensions] = rows.shape as [number, number, number];
  const prediction = tf.slice(rows, [0, 0, 0], [batch, 1, dimensions]);
  const targets = tf.slice(rows, [0, 1, 0], [batch, 1 + negatives, dimensions]);
  const factors = tf.tensor([-2, ...Array(negatives).fill(2 * alpha)], [1, 1 + negatives, 1]);
  return tf.add(tf.div(tf.sum(tf.mul(tf.mul(prediction, targets), factors)), batch), 2);
}

function checkNegatives(negatives: unknown): Directions {
  const counts = Array.isArray(negatives) ? negatives : [negatives];
  if (counts.length !== 1 + Number(Array.isArray(negatives)))
    throw new ArgumentError('option negatives', 'an integer or a pair of them', describe(negatives));
  return counts.map((count) => checkNumber('negatives', count, { min: 0, integer: true })) as unknown as Directions;
}

function countNegatives(yPred: tf.Tensor, given: Directions | undefined): Directions {
  const expected = 'rows [N, V, D] of at least a prediction and its target';
  checkTensor(
    'the input of nonSemanticByol()',
    yPred,
    expected,
    ({ shape, size }) => shape.length === 3 && (shape[1] as number) > 1 && size > 0,
  );
  const remembered = directionsOf(yPred);
  const rows = yPred.shape[1] as number;
  const unmistakable: Directions | undefined = rows < 4 ? [rows - 2] : undefined;
  const directions = given ?? remembered ?? unmistakable;
  if (directions === undefined)
    throw new ArgumentError(
      'option negatives',
      'an integer or a pair of them',
      'undefined',
      'These rows do not come from a byol layer, so their number of negatives is not known.',
    );
  if (remembered !== undefined && `${directions}` !== `${remembered}`)
    throw new ArgumentError('option negatives', `the model's ${describe(remembered)}`, describe(directions));
  if (totalRows(directions) !== rows)
    throw new ArgumentError(
      'option negatives',
      `numbers that make ${rows} rows`,
      describe(directions),
      'Each direction has 2 rows, each negative 1.',
    );
  return directions;
}

function totalRows(directions: readonly number[]): number {
  return directions.reduce((sum, negatives) => sum + 2 + negatives, 0);
}
