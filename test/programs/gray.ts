// As piximi's classifier: gray images of 20 pixels, a functional model, and a dataset zipped of images and labels.
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

function createModel() {
  const input = tf.input({ shape: [20, 20, 1] });
  let x = tf.layers.conv2d({ filters: 16, kernelSize: 3, activation: 'relu' }).apply(input);
  x = tf.layers.maxPooling2d({ poolSize: 2 }).apply(x);
  x = tf.layers.conv2d({ filters: 32, kernelSize: 3, activation: 'relu' }).apply(x);
  x = tf.layers.globalAveragePooling2d({}).apply(x);
  x = tf.layers.dense({ units: 32, activation: 'relu' }).apply(x);
  const output = tf.layers.dense({ units: 5, activation: 'softmax' }).apply(x);
  return tf.model({ inputs: input, outputs: output as tf.SymbolicTensor });
}

const slices = (xs: tf.Tensor4D) => tf.data.array(tf.unstack(xs));

export const gray: Program = {
  name: 'gray images in a functional model, as in piximi',
  size: 20,
  channels: 1,

  async before({ xs, ys }, watch) {
    const labels = tf.data.array(tf.unstack(tf.oneHot(ys, 5)));
    const dataset = tf.data
      .zip({ xs: slices(xs), ys: labels })
      .shuffle(256, 'order')
      .batch(32);
    const model = createModel();
    model.compile({ optimizer: tf.train.adam(0.003), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
    await model.fitDataset(dataset, { epochs: 3, verbose: 0, callbacks: watch });
  },

  async after({ xs }, watch) {
    const dataset = slices(xs)
      .shuffle(256, 'order')
      .batch(32)
      .map(twoViews({ augmentation: mildViews(1) }))
      .map(patchNegative());
    const backbone = removeHead(createModel());
    await watch.start(backbone);
    // A second hidden layer behind the dense one would train slowly: the head is linear.
    const model = contrastiveModel({
      encoder: projectionHead(backbone, { hiddenUnits: [] }),
      negatives: 1,
      queueSize: 0,
    });
    model.compile({ optimizer: tf.train.adam(0.003), loss: nonSemanticInfoNCE({ temperature: 0.1, alpha: 1 }) });
    await model.fitDataset(dataset, { epochs: 12, verbose: 0, callbacks: watch });
    return backbone;
  },
};
