import * as tf from '@tensorflow/tfjs-core';
import { registerMetric } from '../layers/compile';
import { checkSimilarities, negativesOf } from '../layers/contrastiveSimilarities';

/** Measures the share of rows whose key scores strictly highest among all columns; equal embeddings score 0. */
export const contrastiveAccuracy = registerMetric('contrastiveAccuracy', (_yTrue, yPred) => {
  const [batch, columns] = checkSimilarities('contrastiveAccuracy()', yPred).shape;
  return tf.tidy(() => {
    if (columns === 1) return tf.scalar(1); // a batch of one and no queue: nothing scores higher
    const key = tf.slice(yPred, [0, 0], [batch, 1]);
    const others = tf.slice(yPred, [0, 1], [batch, columns - 1]);
    return tf.mean(tf.cast(tf.greater(key, tf.max(others, 1, true)), 'float32'));
  });
});

/** Averages the similarity of a query to its key. */
export const keySimilarity = registerMetric('keySimilarity', (_yTrue, yPred) => {
  checkSimilarities('keySimilarity()', yPred);
  return meanOfColumns(yPred, 0, 1);
});

/** Averages the similarity of a query to the ordinary negatives: the queue, or the other rows. */
export const queueSimilarity = registerMetric('queueSimilarity', (_yTrue, yPred) => {
  const columns = checkSimilarities('queueSimilarity()', yPred).shape[1];
  return meanOfColumns(yPred, 1, columns - (negativesOf(yPred) ?? 0));
});

/** Averages the similarity of a query to its own non-semantic negatives; NaN where there are none. */
export const negativeSimilarity = registerMetric('negativeSimilarity', (_yTrue, yPred) => {
  const columns = checkSimilarities('negativeSimilarity()', yPred).shape[1];
  return meanOfColumns(yPred, columns - (negativesOf(yPred) ?? 0), columns);
});

function meanOfColumns(similarities: tf.Tensor, start: number, end: number): tf.Tensor {
  if (start === end) return tf.scalar(Number.NaN); // wasm's mean of nothing is arbitrary
  return tf.tidy(() => tf.mean(tf.slice(similarities, [0, start], [similarities.shape[0], end - start])));
}
