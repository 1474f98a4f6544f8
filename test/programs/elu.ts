// A net without batch normalization, with elu in front of max pooling, and `tf.data.Dataset.repeat` with `batchesPerEpoch`.
import * as tf from '@tensorflow/tfjs';
import {
  contrastiveModel,
  nonSemanticInfoNCE,
  patchNegative,
  projectionHead,
  removeHead,
  twoViews,
} from 'tfjs-nonsemantic-negatives';
import { mildViews, type Program } from './support/program';

function createModel() {
  const conv = (filters: number, first = {}) => [
    tf.layers.conv2d({ filters, kernelSize: 3, padding: 'same', ...first }),
    tf.layers.elu(),
  ];
  return tf.sequential({
    layers: [
      ...conv(16, { inputShape: [20, 20, 3] }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      ...conv(32),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      ...conv(32),
      tf.layers.globalMaxPooling2d({}),
      tf.layers.dense({ units: 5, activation: 'softmax' }),
    ],
  });
}

export const elu: Program = {
  name: 'elu and max pooling without batch normalization',
  size: 20,
  channels: 3,

  async before({ xs, ys }, watch) {
    const labels = tf.oneHot(ys, 5);
    const dataset = tf.data.zip({ xs: tf.data.array(tf.unstack(xs)), ys: tf.data.array(tf.unstack(labels)) });
    const model = createModel();
    model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
    const args = { epochs: 4, batchesPerEpoch: 8, verbose: 0 as const, callbacks: watch };
    await model.fitDataset(dataset.repeat().batch(32), args);
  },

  async after({ xs }, watch) {
    const dataset = tf.data
      .array(tf.unstack(xs))
      .shuffle(256, 'order')
      .repeat()
      .batch(32)
      .map(twoViews({ augmentation: mildViews(3) }))
      .map(patchNegative());
    const backbone = removeHead(createModel());
    await watch.start(backbone);
    const model = contrastiveModel({ encoder: projectionHead(backbone), negatives: 1, queueSize: 0 });
    model.compile({ optimizer: tf.train.adam(0.003), loss: nonSemanticInfoNCE({ alpha: 1 }) });
    await model.fitDataset(dataset, { epochs: 8, batchesPerEpoch: 8, verbose: 0, callbacks: watch });
    return backbone;
  },
};
