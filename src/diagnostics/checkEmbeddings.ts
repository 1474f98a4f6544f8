import type * as tf from '@tensorflow/tfjs-core';
import { checkTensor } from '../support/checks';
import { ArgumentError, describe } from '../support/errors';

/** Returns `value` if it is a matrix of numbers with at least one row. @throws ArgumentError otherwise. */
export function checkEmbeddings(input: string, value: unknown): tf.Tensor2D {
  const expected = 'a tensor of shape [N, D], N and D above 0';
  return checkTensor(`input ${input}`, value as tf.Tensor2D, expected, ({ rank, size }) => rank === 2 && size > 0);
}

/** Returns both matrices if their rows have the same length. @throws ArgumentError otherwise. */
export function checkSameWidth(inputs: [string, string], a: unknown, b: unknown): [tf.Tensor2D, tf.Tensor2D] {
  const first = checkEmbeddings(inputs[0], a);
  const second = checkEmbeddings(inputs[1], b);
  if (first.shape[1] === second.shape[1]) return [first, second];
  throw new ArgumentError(
    `input ${inputs[1]}`,
    `rows of ${first.shape[1]} values, as in ${inputs[0]}`,
    describe(second),
  );
}
