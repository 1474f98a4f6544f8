import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { batchNormalization } from 'tfjs-nonsemantic-negatives';
import { waves } from '../../support/tensors';

const { layers } = tfl;
type Symbolic = tfl.SymbolicTensor;

/** The default, orthogonal, calls chained operations, which tfjs-core has not by itself. */
const recurrentInitializer = 'glorotUniform';

/** Feeds `x` through layers one after the other. */
const chain = (x: Symbolic, ...made: tfl.layers.Layer[]) => made.reduce((y, layer) => layer.apply(y) as Symbolic, x);

const functional = (shape: number[], ...made: tfl.layers.Layer[]): tfl.LayersModel => {
  const inputs = tfl.input({ shape });
  return tfl.model({ inputs, outputs: chain(inputs, ...made) });
};

const tanh = (units: number, args: object = {}) => layers.dense({ units, activation: 'tanh', ...args });

/** A kind of network that users build, as small as shows it; each gives vectors of 4. */
export interface EncoderCase {
  make(): tfl.LayersModel;
  dtype?: 'int32';
  /** Whether two passes differ. */
  random?: boolean;
  /** Whether tfjs, which never constrains what an optimizer does, changes its weights when they are loaded. */
  constrained?: boolean;
}

const sequential = () =>
  tfl.sequential({ layers: [tanh(5, { inputShape: [6] }), layers.dropout({ rate: 0 }), layers.dense({ units: 4 })] });

/** Weights of one shape everywhere: weights that change places would go unseen by shape checks. */
const square = () => tfl.sequential({ layers: [0, 1, 2].map(() => tanh(4, { inputShape: [4] })) });

export const encoders: { [name: string]: EncoderCase } = {
  sequential: { make: sequential },
  'a frozen backbone that begins a sequential': {
    make: () => {
      const backbone = tfl.sequential({
        layers: [tanh(4, { inputShape: [4] }), batchNormalization(), tanh(4)],
      });
      backbone.trainable = false;
      return tfl.sequential({ layers: [backbone, tanh(4)] });
    },
  },
  'a frozen layer among layers of one shape': {
    make: () => {
      const model = square();
      model.layers[0].trainable = false;
      return model;
    },
  },
  'sequential in functional in sequential': {
    make: () => {
      const middle = functional([4], tanh(4), square(), batchNormalization());
      middle.layers[2].trainable = false;
      return tfl.sequential({ layers: [tanh(4, { inputShape: [4] }), middle, tanh(4)] });
    },
  },
  'a layer used twice': {
    make: () => {
      const inputs = tfl.input({ shape: [4] });
      const shared = tanh(4, { kernelRegularizer: 'l1l2' });
      return tfl.model({ inputs, outputs: chain(inputs, shared, tanh(4), shared) });
    },
  },
  'a model used twice': {
    make: () => {
      const inputs = tfl.input({ shape: [4] });
      const shared = square();
      const twice = [shared.apply(inputs), shared.apply(chain(inputs, tanh(4)))] as Symbolic[];
      return tfl.model({ inputs, outputs: chain(layers.add().apply(twice) as Symbolic, tanh(4)) });
    },
  },
  'regularizers and constraints': {
    make: () =>
      functional(
        [6],
        tanh(5, { kernelRegularizer: 'l1l2', kernelConstraint: 'maxNorm' }),
        layers.dense({ units: 4, biasRegularizer: 'l1l2', kernelConstraint: 'unitNorm' }),
      ),
    constrained: true,
  },
  'a mobile net': {
    make: () =>
      functional(
        [6, 6, 3],
        layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', useBias: false }),
        batchNormalization(),
        layers.reLU({ maxValue: 6 }),
        layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', useBias: false, dilationRate: 1 }),
        layers.batchNormalization(),
        layers.reLU({ maxValue: 6 }),
        layers.conv2d({ filters: 4, kernelSize: 1 }),
        layers.globalAveragePooling2d({}),
        layers.dense({ units: 4 }),
      ),
  },
  'separable convolution and max pooling': {
    make: () =>
      functional(
        [6, 6, 3],
        layers.separableConv2d({ filters: 4, kernelSize: 3, activation: 'relu' }),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.flatten(),
        layers.dense({ units: 4 }),
      ),
  },
  'an embedding and an LSTM, masked': {
    make: () => {
      const inputs = tfl.input({ shape: [5], dtype: 'int32' });
      const embedding = layers.embedding({ inputDim: 7, outputDim: 3, maskZero: true });
      return tfl.model({ inputs, outputs: chain(inputs, embedding, layers.lstm({ units: 4, recurrentInitializer })) });
    },
    dtype: 'int32',
  },
  'GRU both ways': {
    make: () =>
      functional(
        [5, 3],
        layers.bidirectional({ layer: layers.gru({ units: 2, recurrentInitializer }), mergeMode: 'concat' }),
      ),
  },
  'stacked cells': {
    make: () =>
      functional(
        [5, 3],
        layers.rnn({
          cell: layers.stackedRNNCells({
            cells: [
              layers.lstmCell({ units: 3, recurrentInitializer }),
              layers.gruCell({ units: 4, recurrentInitializer }),
            ],
          }),
        }),
      ),
  },
  'a model at each time step': {
    make: () => {
      const inner = tfl.sequential({ layers: [tanh(4, { inputShape: [3] }), tanh(4)] });
      return functional([5, 3], layers.timeDistributed({ layer: inner }), layers.globalAveragePooling1d({}));
    },
  },
  'layer normalization and PReLU': {
    make: () => functional([6], tanh(5), layers.layerNormalization(), layers.prelu(), layers.dense({ units: 4 })),
  },
  dropout: {
    make: () => functional([6], tanh(8), layers.dropout({ rate: 0.5 }), layers.gaussianNoise({ stddev: 0.1 }), tanh(4)),
    random: true,
  },
};

/** A batch for each of `count` inputs, the same for the same step. */
export function batchesFor({ inputs }: tfl.LayersModel, { dtype }: EncoderCase, count: number, step = 0): tf.Tensor[] {
  return Array.from({ length: count }, (_, i) => {
    const shape = [4, ...(inputs[0].shape.slice(1) as number[])];
    const values = waves(tf.util.sizeFromShape(shape), 1, step + 10 * i);
    if (dtype !== 'int32') return tf.tensor(values, shape);
    return tf.tensor(
      values.map((value) => Math.floor(3.4 * (value + 1))),
      shape,
      'int32',
    );
  });
}

/** Ways to freeze a part of a model, at any time. */
export const freezings: { [name: string]: (model: tfl.LayersModel) => void } = {
  nothing: () => {},
  'a layer': (model) => freeze(model.layers.find(({ weights }) => weights.length > 0) as tfl.layers.Layer),
  'the last layer': (model) => freeze(model.layers[model.layers.length - 1]),
  'each layer': (model) => model.layers.forEach(freeze),
  'the model': (model) => freeze(model),
  'a weight': (model) => {
    for (const { trainableWeights } of model.layers.filter((layer) => layer.trainableWeights.length > 1).slice(0, 1))
      trainableWeights[0].trainable = false;
  },
  'the model, and one layer free again': (model) => {
    freeze(model);
    model.trainable = true;
    model.layers[model.layers.length - 1].trainable = false;
  },
};

function freeze(layer: tfl.layers.Layer): void {
  layer.trainable = false;
}
