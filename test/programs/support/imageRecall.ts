import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { randomStream } from 'tfjs-nonsemantic-negatives';
import { recall } from 'tfjs-nonsemantic-negatives/evaluation';
import { mildViews } from './program';
import { drawShapes } from './shapes';

/** Share of 200 held-out images that are among the five nearest to a view of them, by the encoder's features. */
export async function imageRecall(encoder: tfl.LayersModel): Promise<number> {
  const [, size, , channels] = encoder.inputs[0].shape as number[];
  const { xs, ys } = drawShapes(101, 200, size, channels);
  const [queries, gallery] = tf.tidy(() => {
    const { sample, apply } = mildViews(channels);
    const views = apply(xs, sample(xs.shape, randomStream('held-out views')));
    const featuresOf = (x: tf.Tensor) => encoder.predict(x, { batchSize: 100 }) as tf.Tensor2D;
    return [featuresOf(views), featuresOf(tf.sub(tf.mul(xs, 2), 1))];
  });
  const { at } = await recall(queries, gallery, { k: [5] });
  tf.dispose([xs, ys, queries, gallery]);
  return at[5];
}
