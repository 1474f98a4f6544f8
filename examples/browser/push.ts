import * as tf from '@tensorflow/tfjs';
import { contrastiveSimilarities, l2Normalize } from 'tfjs-nonsemantic-negatives';
import { type Learner, temperature } from './learner';
import { shownSide, trainedSide } from './pictures';

/** Shares of the force with which a training step would push one query away from its negatives; they sum to 1. */
export interface Push {
  patches: number;
  texture: number;
  pictures: number;
}

/**
 * The loss's gradient by a similarity s_i is f_i p_i / τ, with p the softmax over all columns and f_i = α for a
 * non-semantic negative, 1 otherwise: each negative's share of the push is f_i p_i over the sum of the negatives'.
 *
 * @param shown The query, its key, its patches and its texture, `[1, 96, 96, 3]` each.
 */
export async function measurePush(learner: Learner, shown: readonly tf.Tensor4D[], alpha: number): Promise<Push> {
  const similarities = tf.tidy(() => {
    const trained = tf.avgPool(
      tf.concat([...shown]) as tf.Tensor4D,
      shownSide / trainedSide,
      shownSide / trainedSide,
      'valid',
    );
    const [query, ...others] = tf.split(trained, shown.length);
    const embed = (model: tf.LayersModel, x: tf.Tensor) => l2Normalize(model.predict(x) as tf.Tensor2D);
    const [key, ...negatives] = others.map((x) => embed(learner.momentum.keyEncoder, x));
    const queue = learner.queue.weights[0].read() as tf.Tensor2D;
    return contrastiveSimilarities(embed(learner.encoder, query) as tf.Tensor2D, key as tf.Tensor2D, {
      queue,
      negatives: negatives as tf.Tensor2D[],
    });
  });
  const row = await similarities.data();
  similarities.dispose();
  const firstNegative = row.length - (shown.length - 2);
  const factors = Array.from(row, (_, i) => (i < firstNegative ? 1 : alpha));
  // Minus the largest logit: softmax stays the same and nothing overflows.
  const max = Math.max(...Array.from(row, (similarity, i) => (factors[i] * similarity) / temperature));
  const push = Array.from(row, (similarity, i) => factors[i] * Math.exp((factors[i] * similarity) / temperature - max));
  const sum = (from: number, to?: number) => push.slice(from, to).reduce((a, b) => a + b, 0);
  const all = sum(1) || 1;
  const [patches, texture = 0] = push.slice(firstNegative);
  return { patches: patches / all, texture: texture / all, pictures: sum(1, firstNegative) / all };
}
