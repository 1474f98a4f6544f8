// A loop of its own with `tf.variableGrads` and adam; before, `optimizer.minimize` as in tfjs-examples' mnist-core.
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

const conv = { kernelSize: 3, activation: 'relu', kernelInitializer: 'heNormal' } as const;

const createModel = () =>
  tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [20, 20, 3], filters: 16, ...conv }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.conv2d({ filters: 32, ...conv }),
      tf.layers.globalAveragePooling2d({}),
      tf.layers.dense({ units: 5 }),
    ],
  });

/** Adds up losses on the device. */
function addLoss(total: tf.Scalar, value: tf.Scalar): tf.Scalar {
  const sum = tf.add(total, value) as tf.Scalar;
  tf.dispose([total, value]);
  return sum;
}

export const customLoop: Program = {
  name: 'variableGrads with adam',
  size: 20,
  channels: 3,

  async before({ xs, ys }, watch) {
    const model = createModel();
    const optimizer = tf.train.adam(0.003);
    const labels = tf.oneHot(ys, 5);
    for (let epoch = 0; epoch < 4; epoch++) {
      let total = tf.scalar(0);
      for (let start = 0; start < xs.shape[0]; start += 32) {
        const loss = optimizer.minimize(
          () =>
            tf.losses.softmaxCrossEntropy(
              tf.slice(labels, [start, 0], [32, 5]),
              model.apply(tf.slice(xs, [start, 0, 0, 0], [32, -1, -1, -1]), { training: true }) as tf.Tensor,
            ) as tf.Scalar,
          true,
        );
        total = addLoss(total, loss as tf.Scalar);
      }
      await watch.onEpochEnd(epoch, { loss: (await total.data())[0] });
      total.dispose();
    }
    labels.dispose();
  },

  async after({ xs }, watch) {
    const backbone = removeHead(createModel());
    await watch.start(backbone);
    const dataset = contrastiveDataset(xs, { batchSize: 32 })
      .map(twoViews({ augmentation: mildViews(3) }))
      .map(patchNegative()) as tf.data.Dataset<{ xs: Record<string, tf.Tensor>; ys: tf.Tensor }>;
    const model = contrastiveModel({ encoder: projectionHead(backbone), negatives: 1, queueSize: 0 });
    const lossOf = nonSemanticInfoNCE({ alpha: 1 });
    const optimizer = tf.train.adam(0.003);
    for (let epoch = 0; epoch < 8; epoch++) {
      let total = tf.scalar(0);
      await dataset.forEachAsync(({ xs, ys }) => {
        const views = [xs.query, xs.key, xs.negative_0];
        const { value, grads } = tf.variableGrads(
          () => lossOf(ys, model.apply(views, { training: true })) as tf.Scalar,
        );
        optimizer.applyGradients(grads as Parameters<typeof optimizer.applyGradients>[0]);
        total = addLoss(total, value);
        tf.dispose([xs, ys, grads] as tf.TensorContainer);
      });
      const [sum] = await total.data();
      total.dispose();
      await watch.onEpochEnd(epoch, { loss: sum });
    }
    return backbone;
  },
};
