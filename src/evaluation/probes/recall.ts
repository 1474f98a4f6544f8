import * as tf from '@tensorflow/tfjs-core';
import { checkSameWidth } from '../../diagnostics/checkEmbeddings';
import { cosineChunks } from '../../diagnostics/cosineChunks';
import { checkFinite } from '../../support/checkFinite';
import { ArgumentError, describe } from '../../support/errors';
import { integer, list, optional, readOptions } from '../../support/options';

/** What `recall` counts. */
export interface RecallArgs {
  /** Numbers of most similar gallery rows among which the match may be. @default [1, 10] */
  k?: number[];

  /** The gallery row sought by each query. @default row i for query i */
  matches?: number[];

  /** Queries compared with the gallery at once; the result does not depend on it. @default fits 32 MB */
  chunkSize?: number;
}

export const recallOptions = {
  k: list(integer({ min: 1 }), 'an array of integers', { default: [1, 10] }),
  matches: optional(list(integer({ min: 0 }), 'an array of gallery rows, one a query')),
  chunkSize: optional(integer({ min: 1 })),
};

/** What `recall` returns. */
export interface RecallResult {
  /** For each k the share of queries whose match is among the k most similar: `recall.at[10]`. */
  at: Record<number, number>;
  /** The place of each query's match, from 1. */
  ranks: number[];
}

/**
 * Measures retrieval: recall@k is the share of queries whose match is among the k most similar gallery rows, by cosine.
 *
 * Rows as similar as the match come before it, so that embeddings collapsed to one point find nothing instead of
 * everything.
 *
 * @param queries `[N, D]`, rows of any length.
 * @param gallery `[G, D]`.
 * @throws ArgumentError if the widths differ, a value is NaN or infinite, a match is not a row of the gallery, or an
 *   option is not as described.
 */
export async function recall(queries: tf.Tensor2D, gallery: tf.Tensor2D, args: RecallArgs = {}): Promise<RecallResult> {
  const { k, chunkSize, ...given } = readOptions('recall', args, recallOptions);
  checkSameWidth(['queries', 'gallery'], queries, gallery);
  const matches = checkMatches(given.matches, queries.shape[0], gallery.shape[0]);
  await checkFinite('input queries', queries);
  await checkFinite('input gallery', gallery);

  const placeOfMatch = (similarities: tf.Tensor2D, start: number) => {
    const rows = similarities.shape[0];
    const places = matches.slice(start, start + rows).map((match, row) => [row, match]);
    const sought = tf.reshape(tf.gatherND(similarities, tf.tensor2d(places, [rows, 2], 'int32')), [rows, 1]);
    // Counts what is not less: a similarity of NaN thus never puts its match first.
    return [tf.sub(tf.scalar(gallery.shape[0], 'int32'), tf.sum(tf.cast(tf.less(similarities, sought), 'int32'), 1))];
  };
  const chunks = await cosineChunks(queries, gallery, placeOfMatch, chunkSize);
  const ranks = chunks.flatMap(([places]) => Array.from(places));
  const share = (count: number) => ranks.filter((rank) => rank <= count).length / ranks.length;
  return { at: Object.fromEntries(k.map((count) => [count, share(count)])), ranks };
}

function checkMatches(matches: number[] | undefined, queries: number, gallery: number): number[] {
  if (matches === undefined) {
    if (gallery >= queries) return Array.from({ length: queries }, (_, i) => i);
    throw new ArgumentError(
      'option matches',
      `${queries} gallery rows, one a query`,
      'none',
      `The gallery has ${gallery} rows.`,
    );
  }
  if (matches.length !== queries)
    throw new ArgumentError('option matches', `${queries} gallery rows, one a query`, describe(matches));
  matches.forEach((row, i) => {
    if (row >= gallery) throw new ArgumentError(`option matches[${i}]`, `a row from 0 to ${gallery - 1}`, `${row}`);
  });
  return matches;
}
