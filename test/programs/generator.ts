// Pictures as they arrive: a generator of names, each decoded in `mapAsync`, batches fetched ahead.
import * as tf from '@tensorflow/tfjs';
import {
  batchNormalization,
  memoryQueue,
  momentumEncoder,
  nonSemanticInfoNCE,
  patchNegative,
  projectionHead,
  removeHead,
  sgd,
  twoViews,
} from 'tfjs-nonsemantic-negatives';
import { mildViews, type Program } from './support/program';
import type { ShapeImages } from './support/shapes';

function createModel() {
  const block = (filters: number, first = {}) => [
    tf.layers.conv2d({ filters, kernelSize: 3, strides: 2, padding: 'same', ...first }),
    batchNormalization({ momentum: 0.9 }),
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

/** Pictures as files give them: bytes, one by one, after a wait. */
function pictures({ xs, ys }: ShapeImages) {
  const bytes = tf.tidy(() => tf.unstack(tf.cast(tf.mul(xs, 255), 'int32')));
  const labels = tf.unstack(ys);
  function* indices() {
    for (let i = 0; i < bytes.length; i++) yield { value: i };
  }
  const dataset = tf.data.generator(indices).mapAsync(async (element) => {
    const { value } = element as { value: number };
    await Promise.resolve();
    return { xs: tf.clone(bytes[value]), ys: tf.clone(labels[value]) };
  });
  return { dataset, dispose: () => tf.dispose([bytes, labels]) };
}

export const generator: Program = {
  name: 'generator, mapAsync, prefetch',
  size: 20,
  channels: 3,

  async before(images, watch) {
    const { dataset, dispose } = pictures(images);
    const scaled = dataset
      .map((element) => {
        const { xs, ys } = element as { xs: tf.Tensor; ys: tf.Tensor };
        return { xs: tf.div(xs, 255), ys: tf.reshape(tf.oneHot(tf.cast(ys, 'int32'), 5), [5]) };
      })
      .batch(32)
      .prefetch(2);
    const model = createModel();
    model.compile({ optimizer: tf.train.adam(0.003), loss: 'categoricalCrossentropy' });
    await model.fitDataset(scaled, { epochs: 4, verbose: 0, callbacks: watch });
    dispose();
  },

  async after(images, watch) {
    const { dataset, dispose } = pictures(images);
    const views = dataset
      .batch(32)
      .map(twoViews({ augmentation: mildViews(3) }))
      .map(patchNegative())
      .prefetch(2);
    const backbone = removeHead(createModel());
    await watch.start(backbone);
    const inputs = ['query', 'key', 'negative_0'].map((name) => tf.input({ name, shape: [20, 20, 3] }));
    const embeddings = momentumEncoder({ encoder: projectionHead(backbone), momentum: 0.99 }).apply(inputs);
    // Filled from the first batch, so that the loss falls from the first epoch on.
    const outputs = memoryQueue({ size: 128, warmStart: true }).apply(embeddings) as tf.SymbolicTensor;
    const model = tf.model({ inputs, outputs });
    const optimizer = sgd({ learningRate: 0.06, momentum: 0.9, weightDecay: 1e-4 });
    model.compile({ optimizer, loss: nonSemanticInfoNCE({ temperature: 0.2, alpha: 1 }) });
    await model.fitDataset(views, { epochs: 8, verbose: 0, callbacks: watch });
    dispose();
    return backbone;
  },
};
