// A frozen base inside `tf.sequential` with a new head, as in tfjs-examples' webcam-transfer-learning. The new
// head learns from pictures without labels first, then from a few labels.
import * as tf from '@tensorflow/tfjs';
import {
  classificationHead,
  contrastiveDataset,
  contrastiveModel,
  nonSemanticInfoNCE,
  patchNegative,
  projectionHead,
  removeHead,
  twoViews,
} from 'tfjs-nonsemantic-negatives';
import { mildViews, type Program } from './support/program';

/** Stands for `tf.loadLayersModel(url)`. */
function loadBase() {
  const conv = { kernelSize: 3, activation: 'relu', kernelInitializer: 'heNormal' } as const;
  return tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [20, 20, 3], filters: 16, ...conv }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.conv2d({ filters: 32, ...conv }),
    ],
  });
}

function createModel() {
  const base = loadBase();
  base.trainable = false;
  const model = tf.sequential();
  model.add(base);
  model.add(tf.layers.conv2d({ filters: 32, kernelSize: 3, activation: 'relu', kernelInitializer: 'heNormal' }));
  model.add(tf.layers.globalAveragePooling2d({}));
  model.add(tf.layers.dropout({ rate: 0.2 }));
  model.add(tf.layers.dense({ units: 5, activation: 'softmax' }));
  return { base, model };
}

const valuesOf = async (model: tf.LayersModel) => Promise.all(model.getWeights().map((weight) => weight.data()));

export const transferLearning: Program = {
  name: 'a frozen base in a Sequential',
  size: 20,
  channels: 3,

  async before({ xs, ys }, watch) {
    const { model } = createModel();
    model.compile({ optimizer: tf.train.adam(0.003), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
    const labels = tf.oneHot(ys, 5);
    await model.fit(xs, labels, { batchSize: 32, epochs: 4, verbose: 0, callbacks: watch });
    labels.dispose();
  },

  async after({ xs, ys }, watch) {
    const { base, model: classifier } = createModel();
    const frozen = await valuesOf(base);
    const backbone = removeHead(classifier);
    await watch.start(backbone);
    const dataset = contrastiveDataset({ xs, ys }, { batchSize: 32 })
      .map(twoViews({ augmentation: mildViews(3) }))
      .map(patchNegative());
    const model = contrastiveModel({ encoder: projectionHead(backbone), negatives: 1, queueSize: 0 });
    model.compile({ optimizer: tf.train.adam(0.003), loss: nonSemanticInfoNCE({ alpha: 1 }) });
    await model.fitDataset(dataset, { epochs: 8, verbose: 0, callbacks: watch });

    for (const layer of backbone.layers) layer.trainable = false;
    const supervised = classificationHead(backbone, { classes: 5 });
    supervised.compile({ optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy' });
    const labels = tf.oneHot(ys, 5);
    const { history } = await supervised.fit(xs, labels, { batchSize: 32, epochs: 3, verbose: 0 });
    labels.dispose();
    const losses = history.loss as number[];
    if (!(losses[2] < losses[0])) throw new Error(`The classifier does not learn: ${losses}`);
    if (String(await valuesOf(base)) !== String(frozen)) throw new Error('The frozen base has changed.');
    return backbone;
  },
};
