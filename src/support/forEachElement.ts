import { dispose, type TensorContainer } from '@tensorflow/tfjs-core';
import type * as tfd from '@tensorflow/tfjs-data';
import { ArgumentError } from './errors';
import { isDataset } from './isDataset';

/**
 * Visits the elements of a dataset one after the other and disposes each; visits anything else once, as it is.
 *
 * @param input The noun of the error, such as `input source`.
 * @throws ArgumentError for an empty dataset.
 */
export async function forEachElement(
  input: string,
  source: tfd.Dataset<TensorContainer> | TensorContainer,
  visit: (element: TensorContainer) => Promise<void>,
): Promise<void> {
  if (!isDataset(source)) return visit(source);
  let isEmpty = true;
  const elements = await source.iterator();
  for (let next = await elements.next(); !next.done; next = await elements.next()) {
    isEmpty = false;
    try {
      await visit(next.value);
    } finally {
      dispose(next.value);
    }
  }
  if (isEmpty) throw new ArgumentError(input, 'at least one batch', 'an empty dataset');
}
