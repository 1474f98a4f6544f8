import type * as tf from '@tensorflow/tfjs-core';
import { checkTensor } from '../support/checks';
import { ArgumentError } from '../support/errors';

/**
 * Reads class numbers.
 *
 * @param ys Class numbers `[count]` or `[count, 1]`, or one-hot rows `[count, classes]`; without it every label is 0.
 * @throws ArgumentError for another shape, a label that is not a whole number, and a row without a unique maximum.
 */
export async function readLabels(ys: tf.TensorContainer, count: number): Promise<number[]> {
  if (ys === undefined || ys === null) return Array<number>(count).fill(0);
  const expected = `an int32 or float32 tensor of labels [${count}], [${count}, 1] or [${count}, classes]`;
  const fits = ({ rank, shape, size }: tf.Tensor) => (rank === 1 || rank === 2) && shape[0] === count && size > 0;
  const labels = checkTensor('input ys', ys as tf.Tensor, expected, fits);
  const values = await labels.data();
  if (labels.size === count) return checkLabels('input ys', values);
  const classes = labels.size / count;
  return Array.from({ length: count }, (_, row) => argMax(values, row, classes));
}

/** Returns a copy of `labels` if all are whole numbers. @throws ArgumentError otherwise. */
export function checkLabels(subject: string, labels: ArrayLike<number>): number[] {
  return Array.from(labels, (label, row) => {
    if (Number.isInteger(label)) return label;
    throw new ArgumentError(subject, 'whole numbers', `${label} in row ${row}`);
  });
}

function argMax(values: ArrayLike<number>, row: number, classes: number): number {
  let best = 0;
  let ties = 0;
  for (let i = 0; i < classes; i++) {
    const [value, max] = [values[row * classes + i], values[row * classes + best]];
    if (value > max) [best, ties] = [i, 0];
    else if (!(value < max) && i !== best) ties++;
  }
  const max = values[row * classes + best];
  if (ties === 0 && Number.isFinite(max)) return best;
  const received = Number.isFinite(max) ? `${ties + 1} times ${max}` : `${max}`;
  throw new ArgumentError('input ys', 'one-hot rows with a single largest value', `${received} in row ${row}`);
}
