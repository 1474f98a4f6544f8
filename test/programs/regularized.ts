// Everything that holds weights back: l2 regularizers, dropout, a maximal norm; validation data beside it.
import * as tf from '@tensorflow/tfjs';
import {
  contrastiveAccuracy,
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
  const conv = {
    kernelSize: 3,
    activation: 'relu',
    kernelInitializer: 'heNormal',
    kernelRegularizer: tf.regularizers.l2({ l2: 1e-4 }),
    kernelConstraint: tf.constraints.maxNorm({ maxValue: 2, axis: [0, 1, 2] as unknown as number }),
  } as const;
  return tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [20, 20, 3], filters: 16, ...conv }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.conv2d({ filters: 32, ...conv }),
      tf.layers.dropout({ rate: 0.1 }),
      tf.layers.conv2d({ filters: 32, ...conv }),
      tf.layers.globalAveragePooling2d({}),
      tf.layers.dropout({ rate: 0.2 }),
      tf.layers.dense({ units: 5, activation: 'softmax', kernelRegularizer: 'l1l2' }),
    ],
  });
}

export const regularized: Program = {
  name: 'regularizers, dropout and constraints',
  size: 20,
  channels: 3,
  // The loss and the accuracy, in training and in validation.
  reads: 4,

  async before({ xs, ys }, watch) {
    const model = createModel();
    model.compile({ optimizer: tf.train.adam(0.003), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
    const labels = tf.oneHot(ys, 5);
    await model.fit(xs, labels, { batchSize: 32, epochs: 4, validationSplit: 0.1, verbose: 0, callbacks: watch });
    labels.dispose();
  },

  async after({ xs }, watch) {
    const backbone = removeHead(createModel());
    await watch.start(backbone);
    const [some, others] = tf.split(xs, [224, 32]) as tf.Tensor4D[];
    const viewsOf = (images: tf.Tensor4D) =>
      contrastiveDataset(images, { batchSize: 32 })
        .map(twoViews({ augmentation: mildViews(3) }))
        .map(patchNegative());
    const model = contrastiveModel({ encoder: projectionHead(backbone), negatives: 1, queueSize: 0 });
    const loss = nonSemanticInfoNCE({ alpha: 1 });
    model.compile({ optimizer: tf.train.adam(0.003), loss, metrics: [contrastiveAccuracy] });
    const validationData = viewsOf(others);
    await model.fitDataset(viewsOf(some), { epochs: 8, validationData, verbose: 0, callbacks: watch });
    tf.dispose([some, others]);
    return backbone;
  },
};
