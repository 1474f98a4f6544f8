// A MobileNet of width .25: depthwise layers as keras saves them, batch normalization, ReLU6.
import * as tf from '@tensorflow/tfjs';
import {
  contrastiveDataset,
  contrastiveModel,
  nonSemanticInfoNCE,
  patchNegative,
  projectionHead,
  removeHead,
  sgd,
  twoViews,
} from 'tfjs-nonsemantic-negatives';
import { mildViews, type Program } from './support/program';

function createMobileNet() {
  const input = tf.input({ shape: [20, 20, 3] });
  const apply = (layer: tf.layers.Layer, x: tf.SymbolicTensor) => layer.apply(x) as tf.SymbolicTensor;
  const activate = (x: tf.SymbolicTensor) =>
    apply(tf.layers.reLU({ maxValue: 6 }), apply(tf.layers.batchNormalization({ momentum: 0.9 }), x));
  const shared = { padding: 'same', useBias: false } as const;
  let x = activate(apply(tf.layers.conv2d({ filters: 8, kernelSize: 3, strides: 2, ...shared }), input));
  for (const [filters, strides] of [
    [16, 1],
    [32, 2],
    [64, 2],
  ]) {
    // A model that keras saved has `dilations: null`.
    const keras = { dilationRate: null as unknown as number, depthMultiplier: 1 };
    x = activate(apply(tf.layers.depthwiseConv2d({ kernelSize: 3, strides, ...shared, ...keras }), x));
    x = activate(apply(tf.layers.conv2d({ filters, kernelSize: 1, ...shared }), x));
  }
  x = apply(tf.layers.globalAveragePooling2d({}), x);
  const outputs = apply(tf.layers.dense({ units: 5, activation: 'softmax' }), x);
  return tf.model({ inputs: input, outputs });
}

export const mobileNet: Program = {
  name: 'a MobileNet',
  size: 20,
  channels: 3,

  async before(images, watch) {
    const model = createMobileNet();
    model.compile({ optimizer: tf.train.momentum(0.05, 0.9), loss: 'sparseCategoricalCrossentropy' });
    const ys = tf.cast(images.ys, 'float32');
    await model.fit(images.xs, ys, { batchSize: 32, epochs: 3, verbose: 0, callbacks: watch });
    ys.dispose();
  },

  async after({ xs }, watch) {
    const backbone = removeHead(createMobileNet());
    await watch.start(backbone);
    const dataset = contrastiveDataset(xs, { batchSize: 32 })
      .map(twoViews({ augmentation: mildViews(3) }))
      .map(patchNegative());
    const model = contrastiveModel({ encoder: projectionHead(backbone), negatives: 1, queueSize: 0 });
    const optimizer = sgd({ learningRate: 0.06, momentum: 0.9, weightDecay: 1e-4 });
    model.compile({ optimizer, loss: nonSemanticInfoNCE({ temperature: 0.2, alpha: 1 }) });
    await model.fitDataset(dataset, { epochs: 8, verbose: 0, callbacks: watch });
    return backbone;
  },
};
