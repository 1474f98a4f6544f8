// BYOL in place of a supervised training: three networks, of which the encoder is kept.
import * as tf from '@tensorflow/tfjs';
import {
  batchNormalization,
  byol as byolLayer,
  contrastiveDataset,
  momentumScheduler,
  nonSemanticByol,
  patchNegative,
  predictionHead,
  removeHead,
  twoViews,
} from 'tfjs-nonsemantic-negatives';
import { mildViews, type Program } from './support/program';

function createModel() {
  const block = (filters: number, first = {}) => [
    tf.layers.conv2d({ filters, kernelSize: 3, strides: 2, padding: 'same', useBias: false, ...first }),
    tf.layers.batchNormalization({ momentum: 0.9 }),
    tf.layers.reLU(),
  ];
  return tf.sequential({
    layers: [
      ...block(16, { inputShape: [20, 20, 3] }),
      ...block(32),
      ...block(64),
      tf.layers.globalAveragePooling2d({}),
      tf.layers.dense({ units: 5, activation: 'softmax' }),
    ],
  });
}

export const byol: Program = {
  name: 'BYOL',
  size: 20,
  channels: 3,

  async before({ xs, ys }, watch) {
    const model = createModel();
    model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
    const labels = tf.oneHot(ys, 5);
    await model.fit(xs, labels, { batchSize: 32, epochs: 3, verbose: 0, callbacks: watch });
    labels.dispose();
  },

  async after({ xs }, watch) {
    const dataset = contrastiveDataset(xs, { batchSize: 32 })
      .map(twoViews({ augmentation: mildViews(3) }))
      .map(patchNegative());
    const encoder = removeHead(createModel());
    await watch.start(encoder);
    const head = { hiddenUnits: [64], units: 32, batchNormalization };
    const projector = predictionHead(64, { ...head, seed: 1 });
    const predictor = predictionHead(32, { ...head, seed: 2 });
    const inputs = ['query', 'key', 'negative_0'].map((name) => tf.input({ name, shape: [20, 20, 3] }));
    const rows = byolLayer({ encoder, projector, predictor, momentum: 0.99 }).apply(inputs) as tf.SymbolicTensor;
    const model = tf.model({ inputs, outputs: rows });
    model.compile({ optimizer: tf.train.adam(0.003), loss: nonSemanticByol({ alpha: 0.5 }) });
    const callbacks = [watch, momentumScheduler((step) => 0.99 + (0.01 * step) / 96)] as tf.CustomCallbackArgs[];
    await model.fitDataset(dataset, { epochs: 12, verbose: 0, callbacks });
    return encoder;
  },
};
