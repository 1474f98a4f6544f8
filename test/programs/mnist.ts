// As tfjs-examples' mnist: a Sequential of two convolutions, and `fit` on tensors.
import * as tf from '@tensorflow/tfjs';
import {
  contrastiveDataset,
  contrastiveModel,
  nonSemanticInfoNCE,
  patchNegative,
  projectionHead,
  removeHead,
  twoViews,
} from 'tfjs-nonsemantic-negatives';
import { mildViews, type Program } from './support/program';

function createModel() {
  const model = tf.sequential();
  const conv = { kernelSize: 5, activation: 'relu', kernelInitializer: 'varianceScaling' } as const;
  model.add(tf.layers.conv2d({ inputShape: [28, 28, 1], filters: 8, ...conv }));
  model.add(tf.layers.maxPooling2d({ poolSize: [2, 2], strides: [2, 2] }));
  model.add(tf.layers.conv2d({ filters: 16, ...conv }));
  model.add(tf.layers.maxPooling2d({ name: 'maps', poolSize: [2, 2], strides: [2, 2] }));
  model.add(tf.layers.flatten());
  model.add(tf.layers.dense({ units: 5, kernelInitializer: 'varianceScaling', activation: 'softmax' }));
  return model;
}

export const mnist: Program = {
  name: 'a Sequential with fit on tensors, as in mnist',
  size: 28,
  channels: 1,

  async before({ xs, ys }, watch) {
    const model = createModel();
    model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
    const labels = tf.oneHot(ys, 5);
    await model.fit(xs, labels, { batchSize: 32, epochs: 3, verbose: 0, callbacks: watch });
    labels.dispose();
  },

  async after({ xs }, watch) {
    // Flattened maps have each feature once for each place: their mean finds the shape wherever it is.
    const backbone = removeHead(createModel(), { layer: 'maps' });
    await watch.start(backbone);
    const dataset = contrastiveDataset(xs, { batchSize: 32 })
      .map(twoViews({ augmentation: mildViews(1) }))
      .map(patchNegative());
    const model = contrastiveModel({ encoder: projectionHead(backbone), negatives: 1, queueSize: 0 });
    model.compile({ optimizer: tf.train.adam(0.003), loss: nonSemanticInfoNCE({ alpha: 1 }) });
    await model.fitDataset(dataset, { epochs: 8, verbose: 0, callbacks: watch });
    return backbone;
  },
};
