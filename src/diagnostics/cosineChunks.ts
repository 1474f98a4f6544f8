import * as tf from '@tensorflow/tfjs-core';
import { checkNumber } from '../support/checks';
import { l2Normalize } from '../support/l2Normalize';

/** Similarities kept at a time unless a single row has more: 32 MB of float32. */
const maxElements = 2 ** 23;

/**
 * Visits the cosine similarities of all rows of `a` to all rows of `b`, a few rows of `a` at a time, so that memory
 * does not grow with the product of the two.
 *
 * @param visit Receives similarities `[rows, B]` and the index of their first row, and returns tensors, which are read
 *   and disposed.
 * @param chunkSize Rows at a time. @default what fits in 32 MB
 * @returns The values of the tensors of each visit.
 */
export async function cosineChunks(
  a: tf.Tensor2D,
  b: tf.Tensor2D,
  visit: (similarities: tf.Tensor2D, start: number) => tf.Tensor[],
  chunkSize = Math.max(1, Math.floor(maxElements / b.shape[0])),
): Promise<tf.TypedArray[][]> {
  checkNumber('chunkSize', chunkSize, { min: 1, integer: true });
  const [rows, width] = a.shape;
  const normalized = l2Normalize(b);
  const read: tf.TypedArray[][] = [];
  try {
    for (let start = 0; start < rows; start += chunkSize) {
      const tensors = tf.tidy(() => {
        const chunk = tf.slice2d(a, [start, 0], [Math.min(chunkSize, rows - start), width]);
        return visit(tf.matMul(l2Normalize(chunk), normalized, false, true), start);
      });
      read.push(await Promise.all(tensors.map((tensor) => tensor.data())));
      tf.dispose(tensors);
    }
  } finally {
    normalized.dispose();
  }
  return read;
}
