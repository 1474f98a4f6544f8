import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { roundTrip } from '../../support/roundTrip';

const { layers } = tfl;
type Symbolic = tfl.SymbolicTensor;

/** What people bring as an encoder: it works as it is, or the message has the words. */
export interface OddEncoder {
  make(): tfl.LayersModel | Promise<tfl.LayersModel>;
  refused?: string;
  /** What `exportEncoder`, which takes any model, says. @default nothing */
  notExported?: string;
  /** Size of the only batch that it takes. */
  batch?: number;
  /** Backends whose stock kernels compute something else each time. */
  brokenOn?: string[];
}

const images = (...more: tfl.layers.Layer[]) =>
  tfl.sequential({
    layers: [layers.conv2d({ inputShape: [6, 6, 3], filters: 4, kernelSize: 3, activation: 'elu' }), ...more],
  });
const pooled = () => images(layers.globalAveragePooling2d({}), layers.dense({ units: 4 }));
const functional = (shape: number[], build: (input: Symbolic) => unknown, dtype: 'float32' | 'int32' = 'float32') => {
  const inputs = tfl.input({ shape, dtype });
  return tfl.model({ inputs, outputs: build(inputs) as Symbolic | Symbolic[] });
};
/** Recurrent layers transpose the mask, which is bool: on webgpu TensorFlow.js writes a shader for it that is refused. */
const refusingMasks = ['webgpu'];
const recurrent = { units: 4, recurrentInitializer: 'glorotUniform' } as const;

async function fitted(): Promise<tfl.LayersModel> {
  const model = pooled();
  model.compile({ optimizer: tf.train.adam(0.01), loss: 'meanSquaredError' });
  await model.fit(tf.randomNormal([8, 6, 6, 3]), tf.ones([8, 4]), { epochs: 2, verbose: 0 });
  return model;
}

const shapes = 'a built model of one input and one output [null, D] for option encoder';

export const oddEncoders: Record<string, OddEncoder> = {
  'weights among its options': {
    make: () => {
      const weights = [tf.fill([3, 4], -0.5), tf.ones([4])];
      return tfl.sequential({
        layers: [layers.dense({ units: 4, inputShape: [3], weights }), layers.dense({ units: 4 })],
      });
    },
  },
  'a batch of one size': {
    make: () => tfl.sequential({ layers: [layers.dense({ units: 4, batchInputShape: [8, 3] })] }),
    batch: 8,
  },
  'images of any size': {
    make: () =>
      tfl.sequential({
        layers: [
          layers.conv2d({ inputShape: [null, null, 3], filters: 4, kernelSize: 3 }),
          layers.globalAveragePooling2d({}),
        ],
      }),
  },
  'freed weights': {
    make: () => {
      const model = pooled();
      model.dispose();
      return model;
    },
    refused: 'Expected a model with its weights for option encoder, received a disposed one.',
    notExported: 'Expected a model with its weights for input model, received a disposed one.',
  },
  'a number for each image': {
    make: () => functional([5], (x) => layers.reshape({ targetShape: [] }).apply(layers.dense({ units: 1 }).apply(x))),
    refused: `${shapes}, received inputs [[null, 5]] and outputs [[null]]. Pool or flatten its output first`,
  },
  'embeddings of one number': {
    make: () => functional([5], (x) => layers.dense({ units: 1, activation: 'sigmoid' }).apply(x)),
    refused: 'Expected a model of at least two outputs for option encoder, received one of a single number.',
  },
  sequences: {
    make: () => functional([5, 3], (x) => layers.conv1d({ filters: 4, kernelSize: 2 }).apply(x)),
    refused: `${shapes}, received inputs [[null, 5, 3]] and outputs [[null, 4, 4]]. Pool or flatten its output first`,
  },
  maps: {
    make: () => images(),
    refused: `${shapes}, received inputs [[null, 6, 6, 3]] and outputs [[null, 4, 4, 4]]. Pool or flatten its output first`,
  },
  'two outputs': {
    make: () => functional([5], (x) => [3, 4].map((units) => layers.dense({ units }).apply(x))),
    refused: 'Take one: tf.model({ inputs: model.inputs, outputs: model.outputs[0] }).',
  },
  'two inputs': {
    make: () => {
      const inputs = [tfl.input({ shape: [4] }), tfl.input({ shape: [4] })];
      return tfl.model({ inputs, outputs: layers.add().apply(inputs) as Symbolic });
    },
    refused: 'Merge its inputs into one, such as channels of one image.',
  },
  'no layers yet': {
    make: () => tfl.sequential(),
    refused: 'Give its first layer an inputShape.',
    notExported: 'model is empty',
  },
  'an optimizer of its own': {
    make: () => {
      const model = pooled();
      model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
      return model;
    },
  },
  'a training behind it': { make: fitted },
  'a file behind it': { make: async () => roundTrip(await fitted()) },
  'a file behind it, nested': {
    make: async () => {
      const inner = await roundTrip(pooled());
      return functional([6, 6, 3], (x) => layers.dense({ units: 3 }).apply(inner.apply(x) as Symbolic));
    },
  },
  'a layer that it uses twice': {
    make: () => {
      const shared = layers.dense({ units: 4, activation: 'tanh' });
      return functional([4], (x) => shared.apply(shared.apply(x)));
    },
  },
  'a layer that another model used first': {
    make: () => {
      const shared = layers.dense({ units: 4, activation: 'tanh' });
      functional([4], (x) => shared.apply(x));
      return functional([4], (x) => shared.apply(x));
    },
  },
  'frozen parts': {
    make: () => {
      const model = pooled();
      model.layers[0].trainable = false;
      return model;
    },
  },
  tokens: {
    make: () =>
      functional(
        [5],
        (x) => layers.lstm(recurrent).apply(layers.embedding({ inputDim: 3, outputDim: 3, maskZero: true }).apply(x)),
        'int32',
      ),
    brokenOn: refusingMasks,
  },
  'int32 images': {
    make: () => functional([2, 2, 1], (x) => layers.flatten().apply(x), 'int32'),
    refused: 'Expected a model of float32 images for option encoder, received one of int32.',
  },
  masking: {
    make: () => functional([5, 3], (x) => layers.gru(recurrent).apply(layers.masking({ maskValue: 0 }).apply(x))),
    brokenOn: refusingMasks,
  },
  'a state': {
    make: () => tfl.sequential({ layers: [layers.lstm({ ...recurrent, batchInputShape: [8, 5, 3], stateful: true })] }),
    refused: 'Expected a model without a state for option encoder, received a stateful one.',
    batch: 8,
  },
  'two layers of one name': {
    make: () =>
      tfl.sequential({
        layers: [layers.dense({ units: 4, name: 'a', inputShape: [4] }), layers.dense({ units: 4, name: 'a' })],
      }),
    refused: 'The name "a" is used 2 times in the model.',
    notExported: 'The name "a" is used 2 times in the model.',
  },
};
