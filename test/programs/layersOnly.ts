// A program of tfjs-core and tfjs-layers alone: no `tf.data`, batches through `trainOnBatch`.
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
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
  return tfl.sequential({
    layers: [
      tfl.layers.conv2d({
        inputShape: [20, 20, 3],
        filters: 16,
        kernelSize: 3,
        activation: 'relu',
        kernelInitializer: 'heNormal',
      }),
      tfl.layers.maxPooling2d({ poolSize: 2 }),
      tfl.layers.conv2d({ filters: 32, kernelSize: 3, activation: 'tanh' }),
      tfl.layers.globalAveragePooling2d({}),
      tfl.layers.dense({ units: 5, activation: 'softmax' }),
    ],
  });
}

const batch = (x: tf.Tensor, i: number) => tf.slice(x, 32 * i, 32);

export const layersOnly: Program = {
  name: 'tfjs-core and tfjs-layers alone',
  size: 20,
  channels: 3,
  // `trainOnBatch` returns each loss as a number.
  reads: 8,

  async before({ xs, ys }, watch) {
    const model = createModel();
    model.compile({ optimizer: tf.train.adam(0.003), loss: 'categoricalCrossentropy' });
    for (let epoch = 0; epoch < 4; epoch++) {
      let total = 0;
      for (let i = 0; i < 8; i++) {
        const [images, labels] = tf.tidy(() => [batch(xs, i), batch(tf.oneHot(ys, 5), i)]);
        total += (await model.trainOnBatch(images, labels)) as number;
        tf.dispose([images, labels]);
      }
      await watch.onEpochEnd(epoch, { loss: total / 8 });
    }
  },

  async after({ xs }, watch) {
    const [views, negatives] = [twoViews({ augmentation: mildViews(3) }), patchNegative()];
    const backbone = removeHead(createModel());
    await watch.start(backbone);
    const model = contrastiveModel({ encoder: projectionHead(backbone), negatives: 1, queueSize: 0 });
    model.compile({ optimizer: tf.train.adam(0.003), loss: nonSemanticInfoNCE({ alpha: 1 }) });
    for (let epoch = 0; epoch < 8; epoch++) {
      let total = 0;
      for (let i = 0; i < 8; i++) {
        const element = tf.tidy(() => negatives(views(batch(xs, i) as tf.Tensor4D)));
        total += (await model.trainOnBatch(element.xs as never, element.ys as tf.Tensor)) as number;
        tf.dispose(element as tf.TensorContainer);
      }
      await watch.onEpochEnd(epoch, { loss: total / 8 });
    }
    return backbone;
  },
};
