import * as tf from '@tensorflow/tfjs-core';
import { checkTensor } from '../support/checks';
import { ArgumentError, describe } from '../support/errors';
import { custom, optional, readOptions } from '../support/options';
import { tensorTag } from '../support/tensorTag';

/** What queries are compared with, beside their keys. */
export interface ContrastiveSimilaritiesArgs {
  /**
   * Embeddings of earlier keys, `[K, D]`, the ordinary negatives. @default the other rows of the batch, as in SimCLR
   */
  queue?: tf.Tensor;
  /** Embeddings of non-semantic negatives, each `[N, D]`: row i belongs to query i alone. @default [] */
  negatives?: readonly tf.Tensor[];
}

export const contrastiveSimilaritiesOptions = {
  queue: optional(custom((_, value) => value as tf.Tensor)),
  negatives: custom(
    (name, value) => {
      if (Array.isArray(value)) return value as readonly tf.Tensor[];
      throw new ArgumentError(`option ${name}`, 'a list of tensors [N, D]', describe(value));
    },
    { default: [] },
  ),
};

/**
 * Compares queries with their keys, with ordinary negatives and with their own non-semantic negatives.
 *
 * Row i is [q_i·k_i | q_i·u_1 … q_i·u_K | q_i·t_i1 … q_i·t_iM]: dot products, so cosines where the rows have unit
 * length (`l2Normalize`). Without a queue the ordinary negatives of row i are the keys of the other rows, and K = N -
 * 1. Gradients flow to every tensor.
 *
 * @param query `[N, D]`.
 * @param key `[N, D]`.
 * @returns `[N, 1 + K + M]`, the input of `nonSemanticInfoNCE`, which learns M from it.
 * @throws ArgumentError for shapes that do not fit.
 */
export function contrastiveSimilarities(
  query: tf.Tensor,
  key: tf.Tensor,
  args: ContrastiveSimilaritiesArgs = {},
): tf.Tensor2D {
  const { queue, negatives } = readOptions('contrastiveSimilarities', args, contrastiveSimilaritiesOptions);
  const [batch, dimensions] = checkRows('query', query);
  checkRows('key', key, batch, dimensions);
  if (queue !== undefined) checkRows('queue', queue, undefined, dimensions);
  for (const [m, negative] of negatives.entries()) checkRows(`negatives[${m}]`, negative, batch, dimensions);
  const similarities = tf.tidy(() => {
    const own = (other: tf.Tensor) => tf.sum(tf.mul(query, other), -1, true);
    const ordinary = queue ? [tf.matMul(query, queue, false, true)] : batch > 1 ? [otherRows(query, key)] : [];
    return tf.concat([own(key), ...ordinary, ...negatives.map(own)], 1) as tf.Tensor2D;
  });
  return tagNegatives(similarities, negatives.length);
}

/**
 * Computes the similarities to the other rows' keys, `[N, N - 1]`. After the first entry, the diagonal is every (N+1)th
 * one.
 */
function otherRows(query: tf.Tensor, key: tf.Tensor): tf.Tensor {
  const batch = query.shape[0];
  const all = tf.reshape(tf.matMul(query, key, false, true), [batch * batch]);
  const rows = tf.reshape(tf.slice(all, 1), [batch - 1, batch + 1]);
  return tf.reshape(tf.slice(rows, [0, 0], [batch - 1, batch]), [batch, batch - 1]);
}

function checkRows(name: string, rows: tf.Tensor, count?: number, dimensions?: number): number[] {
  const expected = `a tensor of shape [${count ?? 'rows'}, ${dimensions ?? 'D'}]`;
  return checkTensor(`input ${name}`, rows, expected, ({ rank, size, shape }) => {
    const alike = (count ?? shape[0]) === shape[0] && (dimensions ?? shape[1]) === shape[1];
    return rank === 2 && size > 0 && alike;
  }).shape;
}

/** Returns `value` if it is similarities `[N, 1 + K + M]` of at least one row. @throws ArgumentError otherwise. */
export function checkSimilarities(owner: string, value: tf.Tensor): tf.Tensor2D {
  const expected = 'similarities [N, 1 + K + M]';
  return checkTensor(
    `the input of ${owner}`,
    value,
    expected,
    ({ rank, size }) => rank === 2 && size > 0,
  ) as tf.Tensor2D;
}

/** How many of the last columns of similarities are non-semantic negatives, which no shape says. */
export const { set: tagNegatives, get: negativesOf } = tensorTag<number>('negatives');

/** Returns `negatives`, by default as the layer made them. @throws ArgumentError if neither is known. */
export function knownNegatives(similarities: tf.Tensor, negatives = negativesOf(similarities)): number {
  if (negatives !== undefined) return negatives;
  throw new ArgumentError(
    'option negatives',
    'an integer of at least 0',
    'undefined',
    'These similarities do not come from a layer or contrastiveSimilarities(), so their number of negatives is not known.',
  );
}
