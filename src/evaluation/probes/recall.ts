import * as tf from '@tensorflow/tfjs-core';
import { checkSameWidth } from '../../diagnostics/checkEmbeddings';
import { cosineChunks } from '../../diagnostics/cosineChunks';
import { checkList, checkNames, checkNumber } from '../../support/errors';

/** Options of `recall`. */
export interface RecallArgs {
  /** How many of the most similar gallery rows are looked at. @default [1, 10] */
  k?: number[];

  /** For each query the gallery row that is sought. @default row i for query i */
  matches?: number[];

  /** Queries compared with the gallery at once; the result does not depend on it. @default fits 32 MB */
  chunkSize?: number;
}

/** What `recall` found. */
export interface RecallResult {
  /** For each k the share of queries whose match is among the k most similar: `recall.at[10]`. */
  at: Record<number, number>;
  /** For each query the place of its match, from 1. */
  ranks: number[];
}

/**
 * Retrieval recall@k: how often the row sought is among the k gallery rows most similar to the query, by cosine.
 *
 * Rows as similar as the match come before it, so that embeddings collapsed to one point find nothing instead of
 * everything.
 *
 * @param queries `[N, D]`, rows of any length.
 * @param gallery `[G, D]`.
 * @throws ArgumentError if the widths differ, a match is not a row of the gallery, or an option is not as described.
 */
export async function recall(
  queries: tf.Tensor2D,
  gallery: tf.Tensor2D,
  options: RecallArgs = {},
): Promise<RecallResult> {
  checkNames('recall', options, ['k', 'matches', 'chunkSize']);
  checkSameWidth(['queries', 'gallery'], queries, gallery);
  const { k = [1, 10] } = options;
  checkList(
    'k',
    k,
    'an array of integers',
    () => true,
    (name, n) => checkNumber(name, n, { min: 1, integer: true }),
  );
  const [rows, last] = [queries.shape[0], gallery.shape[0] - 1];
  const matches = checkList(
    'matches',
    options.matches ?? Array.from({ length: rows }, (_, i) => i),
    `${rows} gallery rows, one a query`,
    (length) => length === rows,
    (name, row) => checkNumber(name, row, { min: 0, max: last, integer: true }),
  );

  const placeOfMatch = (similarities: tf.Tensor2D, start: number) => {
    const rows = similarities.shape[0];
    const places = matches.slice(start, start + rows).map((match, row) => [row, match]);
    const sought = tf.reshape(tf.gatherND(similarities, tf.tensor2d(places, [rows, 2], 'int32')), [rows, 1]);
    // Counted as those not less: of embeddings that are not numbers none is less, and the match comes last.
    return [tf.sub(tf.scalar(gallery.shape[0], 'int32'), tf.sum(tf.cast(tf.less(similarities, sought), 'int32'), 1))];
  };
  const chunks = await cosineChunks(queries, gallery, placeOfMatch, options.chunkSize);
  const ranks = chunks.flatMap(([places]) => Array.from(places));
  const share = (count: number) => ranks.filter((rank) => rank <= count).length / ranks.length;
  return { at: Object.fromEntries(k.map((count) => [count, share(count)])), ranks };
}
