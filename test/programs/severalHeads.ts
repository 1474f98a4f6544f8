// A net of two heads with labels for each, whose images have the name of its input, and `trainOnBatch`.
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
import type { ShapeImages } from './support/shapes';

function createModel() {
  const input = tf.input({ shape: [20, 20, 3], name: 'photo' });
  const conv = { kernelSize: 3, activation: 'relu', kernelInitializer: 'heNormal' } as const;
  let x = tf.layers.conv2d({ filters: 16, ...conv }).apply(input);
  x = tf.layers.maxPooling2d({ poolSize: 2 }).apply(x);
  x = tf.layers.conv2d({ filters: 32, ...conv }).apply(x);
  x = tf.layers.globalAveragePooling2d({ name: 'features' }).apply(x);
  const kind = tf.layers.dense({ units: 5, activation: 'softmax', name: 'kind' }).apply(x) as tf.SymbolicTensor;
  const light = tf.layers.dense({ units: 1, name: 'light' }).apply(x) as tf.SymbolicTensor;
  return tf.model({ inputs: input, outputs: [kind, light] });
}

/** Batches whose labels the contrastive loss has no use for. */
function batchesOf({ xs, ys }: ShapeImages) {
  const ofEach = (i: number) =>
    tf.tidy(() => {
      const photo = tf.slice(xs, 32 * i, 32);
      const kinds = tf.slice(ys, 32 * i, 32);
      return { photo, kinds, light: tf.mean(photo, [1, 2, 3]) };
    });
  return Array.from({ length: 8 }, (_, i) => ofEach(i));
}

export const severalHeads: Program = {
  name: 'two heads, trainOnBatch',
  size: 20,
  channels: 3,
  // `trainOnBatch` returns each loss as a number.
  reads: 8,

  async before(images, watch) {
    const batches = batchesOf(images);
    const model = createModel();
    model.compile({ optimizer: tf.train.adam(0.003), loss: ['sparseCategoricalCrossentropy', 'meanSquaredError'] });
    for (let epoch = 0; epoch < 4; epoch++) {
      let total = 0;
      for (const { photo, kinds, light } of batches) {
        const labels = tf.tidy(() => [kinds, light].map((x) => tf.expandDims(tf.cast(x, 'float32'), 1)));
        total += ((await model.trainOnBatch({ photo }, labels)) as number[])[0];
        tf.dispose(labels);
      }
      await watch.onEpochEnd(epoch, { loss: total / 8 });
    }
    tf.dispose(batches);
  },

  async after(images, watch) {
    const batches = batchesOf(images);
    const [views, negatives] = [twoViews({ augmentation: mildViews(3) }), patchNegative()];
    const backbone = removeHead(createModel(), { layer: 'features' });
    await watch.start(backbone);
    const encoder = projectionHead(backbone);
    const model = contrastiveModel({ encoder, negatives: 1, queueSize: 0 });
    model.compile({ optimizer: tf.train.adam(0.003), loss: nonSemanticInfoNCE({ alpha: 1 }) });
    for (let epoch = 0; epoch < 8; epoch++) {
      let total = 0;
      for (const { photo, kinds } of batches) {
        const { xs, ys } = tf.tidy(() => negatives(views({ xs: { photo }, ys: kinds })));
        total += (await model.trainOnBatch(xs, ys)) as number;
        tf.dispose(xs);
      }
      await watch.onEpochEnd(epoch, { loss: total / 8 });
    }
    tf.dispose(batches);
    return backbone;
  },
};
