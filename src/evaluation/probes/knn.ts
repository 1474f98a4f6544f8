import * as tf from '@tensorflow/tfjs-core';
import { checkSameWidth } from '../../diagnostics/checkEmbeddings';
import { cosineChunks } from '../../diagnostics/cosineChunks';
import { checkNames, checkNumber } from '../../support/errors';
import { checkFeatures } from '../checks';
import type { Features } from '../extractFeatures';

/** Options of `knn`. */
export interface KnnArgs {
  /** Neighbors that vote; a bank of fewer rows votes as a whole. @default 200 */
  k?: number;

  /** τ of the votes exp(similarity / τ): the smaller, the more the nearest count. @default 0.1 */
  temperature?: number;

  /** Queries compared with the bank at once; the result does not depend on it. @default fits 32 MB */
  chunkSize?: number;
}

/** What `knn` found. */
export interface KnnResult {
  /** Share of queries whose label has the most votes. */
  top1: number;
  /** Share of queries whose label is among the five with the most votes; a label without a vote never is. */
  top5: number;
  /** The label with the most votes, for each query. */
  predictions: number[];
}

/**
 * Weighted k-nearest-neighbor classification (Wu et al. 2018, section 3.4; the protocol of InstDisc, MoCo and their
 * successors).
 *
 * Of a query's k most similar rows of the bank, by cosine, each votes for its label with weight exp(similarity / τ).
 * Among equally similar rows the earlier ones vote, among labels of equal votes the smaller wins.
 *
 * @param queries Features to classify and their true labels, such as those of `extractFeatures`; any length of rows.
 * @param bank Features and labels of the training set.
 * @throws ArgumentError if the widths differ, there is not one label a row, or an option is not as described.
 */
export async function knn(queries: Features, bank: Features, options: KnnArgs = {}): Promise<KnnResult> {
  checkNames('knn', options, ['k', 'temperature', 'chunkSize']);
  const [queryFeatures, bankFeatures] = checkSameWidth(
    ['queries.features', 'bank.features'],
    checkFeatures('queries', queries).features,
    checkFeatures('bank', bank).features,
  );
  const k = Math.min(checkNumber('k', options.k ?? 200, { min: 1, integer: true }), bankFeatures.shape[0]);
  const temperature = checkNumber('temperature', options.temperature ?? 0.1, { above: 0 });

  const nearest = (similarities: tf.Tensor2D) => {
    const { values, indices } = tf.topk(similarities, k, true);
    return [values, indices];
  };
  const [chunks, bankLabels, queryLabels] = await Promise.all([
    cosineChunks(queryFeatures, bankFeatures, nearest, options.chunkSize),
    bank.labels.data(),
    queries.labels.data(),
  ]);

  const predictions: number[] = [];
  let first = 0;
  let firstFive = 0;
  for (const [similarities, neighbors] of chunks) {
    for (let start = 0; start < similarities.length; start += k) {
      const votes = new Map<number, number>();
      for (let i = start; i < start + k; i++) {
        const label = bankLabels[neighbors[i]];
        // Relative to the greatest similarity, the exponential can't overflow at any temperature.
        const vote = Math.exp((similarities[i] - similarities[start]) / temperature);
        votes.set(label, (votes.get(label) ?? 0) + vote);
      }
      const ranking = [...votes].sort(([a, x], [b, y]) => y - x || a - b).map(([label]) => label);
      const rank = ranking.indexOf(queryLabels[predictions.length]);
      if (rank === 0) first++;
      if (rank >= 0 && rank < 5) firstFive++;
      predictions.push(ranking[0]);
    }
  }
  return { top1: first / predictions.length, top5: firstFive / predictions.length, predictions };
}
