import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../support/errors';
import { elementOf, negativeNames } from '../transforms/element';

/**
 * Refuses a batch with more negatives than the layer receives: `fitDataset` drops images without an input of their name
 * and never frees them. A call of the layer leaves negatives out by a clone of the query.
 *
 * @param views `[query, key, …negatives]`. Recognized only if the model hands the dataset's own tensors to the layer.
 * @throws ArgumentError, after the batch was disposed, as `fitDataset` leaves the batch of a failed step.
 */
export function checkNegatives(owner: string, [query, , ...negatives]: readonly tf.Tensor[]): void {
  const element = elementOf(query);
  const made = negativeNames(element?.xs ?? {});
  if (!element || made.length <= negatives.length) return;
  const dropped = made.filter((name) => !negatives.includes(element.xs[name]));
  tf.dispose(element);
  throw new ArgumentError(
    `the inputs of ${owner}`,
    `query, key, ${made.join(', ')}`,
    `${negatives.length} of ${made.length} negatives`,
    `Give the model an input for ${dropped.join(', ')}, or make fewer negatives. A call of the layer leaves negatives ` +
      'out by [tf.clone(query), key].',
  );
}
