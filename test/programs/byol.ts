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
  sgd,
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
    const projector = predictionHead(32, { ...head, seed: 1 });
    const predictor = predictionHead(32, { ...head, seed: 2 });
    const inputs = ['query', 'key', 'negative_0'].map((name) => tf.input({ name, shape: [20, 20, 3] }));
    const rows = byolLayer({ encoder, projector, predictor, momentum: 0.95 }).apply(inputs) as tf.SymbolicTensor;
    const model = tf.model({ inputs, outputs: rows });
    const [rate, alpha, mom] = (process.env.BYOL ?? '0.06 0.1 0.95').split(' ').map(Number);
    const optimizer = rate < 0.01 ? tf.train.adam(rate) : sgd({ learningRate: rate, momentum: 0.9, weightDecay: 1e-4 });
    model.compile({ optimizer, loss: nonSemanticByol({ alpha }) });
    const callbacks = [watch, momentumScheduler((step) => mom + ((1 - mom) * step) / 120)] as tf.CustomCallbackArgs[];
    await model.fitDataset(dataset, { epochs: 12, verbose: 0, callbacks });
    return encoder;
  },
};
