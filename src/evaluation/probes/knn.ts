import * as tf from '@tensorflow/tfjs-core';
import { checkSameWidth } from '../../diagnostics/checkEmbeddings';
import { cosineChunks } from '../../diagnostics/cosineChunks';
import { integer, number, optional, readOptions } from '../../support/options';
import { checkFeatures, readFeatureLabels } from '../checks';
import type { Features } from '../extractFeatures';
import { scoreClassification } from './classification';

/** How neighbors vote in `knn`. */
export interface KnnArgs {
  /** Neighbors that vote; a bank of fewer rows votes as a whole. @default 200 */
  k?: number;

  /** τ of the votes exp(similarity / τ): the smaller, the more the nearest count. @default 0.1 */
  temperature?: number;

  /** Queries compared with the bank at once; the result does not depend on it. @default fits 32 MB */
  chunkSize?: number;
}

export const knnOptions = {
  k: integer({ min: 1, default: 200 }),
  temperature: number({ above: 0, default: 0.1 }),
  chunkSize: optional(integer({ min: 1 })),
};

/** What `knn` returns. */
export interface KnnResult {
  /** Share of queries whose label has the most votes. */
  top1: number;
  /** Share of queries whose label is among the five with the most votes; a label without a vote never is. */
  top5: number;
  /** Mean over the classes of the share of their queries whose label has the most votes. */
  balancedAccuracy: number;
  /** Balanced accuracy of guessing: 1 / classes of the queries. */
  chance: number;
  /** The label with the most votes, for each query. */
  predictions: number[];
}

/**
 * Classifies features by their weighted nearest neighbors (Wu et al. 2018, section 3.4; the protocol of InstDisc, MoCo
 * and their successors).
 *
 * Of a query's k most similar rows of the bank, by cosine, each votes for its label with weight exp(similarity / τ).
 * Among equally similar rows the earlier ones vote, among labels of equal votes the smaller wins.
 *
 * @param queries Features to classify and their true labels, such as those of `extractFeatures`; any length of rows.
 * @param bank Features and labels of the training set.
 * @throws ArgumentError if the widths differ, there is not one label a row, a feature is NaN or infinite, or an option
 *   is not as described.
 */
export async function knn(queries: Features, bank: Features, args: KnnArgs = {}): Promise<KnnResult> {
  const { temperature, chunkSize, ...given } = readOptions('knn', args, knnOptions);
  const [queryFeatures, bankFeatures] = checkSameWidth(
    ['queries.features', 'bank.features'],
    checkFeatures('queries', queries).features,
    checkFeatures('bank', bank).features,
  );
  const k = Math.min(given.k, bankFeatures.shape[0]);
  const queryLabels = await readFeatureLabels('queries', queries);
  const bankLabels = await readFeatureLabels('bank', bank);

  const nearest = (similarities: tf.Tensor2D) => {
    const { values, indices } = tf.topk(similarities, k, true);
    return [values, indices];
  };
  const predictions: number[] = [];
  let first = 0;
  let firstFive = 0;
  for (const [similarities, neighbors] of await cosineChunks(queryFeatures, bankFeatures, nearest, chunkSize)) {
    for (let start = 0; start < similarities.length; start += k) {
      const labels = Array.from(neighbors.subarray(start, start + k), (neighbor) => bankLabels[neighbor]);
      const ranking = rankLabels(labels, similarities.subarray(start, start + k), temperature);
      const rank = ranking.indexOf(queryLabels[predictions.length]);
      if (rank === 0) first++;
      if (rank >= 0 && rank < 5) firstFive++;
      predictions.push(ranking[0]);
    }
  }
  const { balancedAccuracy, chance } = scoreClassification(predictions, queryLabels);
  return {
    top1: first / predictions.length,
    top5: firstFive / predictions.length,
    balancedAccuracy,
    chance,
    predictions,
  };
}

/** Ranks labels by their votes, the most first; `similarities` descend. */
function rankLabels(labels: readonly number[], similarities: ArrayLike<number>, temperature: number): number[] {
  const votes = new Map<number, number>();
  labels.forEach((label, i) => {
    // Relative to the largest similarity, the exponential can't overflow at any temperature.
    const vote = Math.exp((similarities[i] - similarities[0]) / temperature);
    votes.set(label, (votes.get(label) ?? 0) + vote);
  });
  return [...votes].sort(([a, x], [b, y]) => y - x || a - b).map(([label]) => label);
}
