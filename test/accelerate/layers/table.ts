import * as tfl from '@tensorflow/tfjs-layers';

const { layers } = tfl;

/** A layer with options, and shapes of its input, or of its inputs, without the batch. */
export interface LayerCase {
  make: () => tfl.layers.Layer;
  shapes: number[][] | number[][][];
  /** Integers from 0 to below this, for layers that take numbers of things. */
  integersBelow?: number;
  /** Whether it is tried as in training, too: layers that draw by a seed, or know two ways. */
  inTraining?: boolean;
  /** False where tfjs's own `getConfig` forgets an option. */
  reloads?: boolean;
}

type Case = LayerCase | [make: () => tfl.layers.Layer, ...shapes: number[][]];

/** Options that JSON brings as null, which the types do not name. */
const nulls = (...names: string[]) => Object.fromEntries(names.map((name) => [name, null])) as object;

const convolutionNulls = nulls('kernelRegularizer', 'biasRegularizer', 'kernelConstraint', 'dataFormat', 'activation');

const images = [
  [5, 6, 3],
  [8, 7, 2],
];
const rows = [
  [6, 3],
  [9, 2],
];
const volumes = [
  [4, 5, 3, 2],
  [3, 4, 6, 1],
];
const vectors = [[3], [7]];

const pools2d = (make: (args: { poolSize?: number | [number, number] }) => tfl.layers.Layer): Case[] => [
  [() => make({}), ...images],
  [() => make({ poolSize: 3, strides: null, padding: null, dataFormat: null } as object), ...images],
  [() => make({ poolSize: [2, 3], strides: [1, 2], padding: 'same' } as object), ...images],
  [() => make({ poolSize: 2, strides: 3, padding: 'same' } as object), ...images],
  [() => make({ dataFormat: 'channelsFirst' } as object), [3, 6, 5]],
];
const pools1d = (make: (args: { poolSize?: number }) => tfl.layers.Layer): Case[] => [
  [() => make({}), ...rows],
  [() => make({ poolSize: 3, strides: null, padding: null } as object), ...rows],
  [() => make({ poolSize: 3, strides: 2, padding: 'same' } as object), ...rows],
];
const pools3d = (make: (args: { poolSize: number | [number, number, number] }) => tfl.layers.Layer): Case[] => [
  [() => make({ poolSize: 2 }), ...volumes],
  [() => make({ poolSize: [2, 3, 2], strides: [1, 2, 1], padding: 'same' } as never), ...volumes],
];
const recurrent = (make: (args: { units: number }) => tfl.layers.Layer): Case[] => [
  [() => make({ units: 4 }), ...rows],
  [
    () => make({ units: 3, returnSequences: true, goBackwards: true, activation: 'relu', useBias: false } as never),
    ...rows,
  ],
  [() => make({ units: 2, ...nulls('kernelRegularizer', 'dropout', 'recurrentDropout') } as never), ...rows],
];
const cells = (make: (args: { units: number }) => object): Case[] => [
  [() => layers.rnn({ cell: make({ units: 3 }) as never }), ...rows],
  [() => layers.rnn({ cell: make({ units: 2, useBias: false } as never) as never, returnSequences: true }), ...rows],
];
const merging = (make: (args?: object) => tfl.layers.Layer): Case[] => [
  {
    make: () => make(),
    shapes: [
      [[4], [4]],
      [
        [3, 4, 2],
        [3, 4, 2],
        [3, 4, 2],
      ],
    ],
  },
];

/** Every layer of `tf.layers`: at its defaults, with null where tfjs takes null, and off its defaults. */
export const table: Record<string, Case[]> = {
  activation: (
    ['relu', 'elu', 'tanh', 'sigmoid', 'softplus', 'softsign', 'selu', 'swish', 'mish', 'relu6', 'hardSigmoid'] as const
  ).map((activation) => [() => layers.activation({ activation: activation as never }), [5], [4, 3, 2]]),
  add: merging(layers.add as never),
  alphaDropout: [[() => layers.alphaDropout({ rate: 0.3 }), ...vectors]],
  average: merging(layers.average as never),
  averagePooling1d: pools1d(layers.averagePooling1d as never),
  averagePooling2d: pools2d(layers.averagePooling2d as never),
  averagePooling3d: pools3d(layers.averagePooling3d as never),
  batchNormalization: [
    { make: () => layers.batchNormalization(), shapes: [[5], [4, 3, 2], [6, 3]], inTraining: true },
    {
      make: () => layers.batchNormalization({ axis: 1, epsilon: 0.01, momentum: 0.5 }),
      shapes: [[3, 4, 2]],
      inTraining: true,
    },
    [() => layers.batchNormalization(nulls('betaRegularizer', 'gammaConstraint') as object), [4, 3, 2]],
  ],
  bidirectional: [
    [() => layers.bidirectional({ layer: layers.gru({ units: 2 }) as never, mergeMode: 'concat' }), ...rows],
    [() => layers.bidirectional({ layer: layers.simpleRNN({ units: 2 }) as never, mergeMode: 'sum' }), ...rows],
  ],
  categoryEncoding: [
    { make: () => layers.categoryEncoding({ numTokens: 5, outputMode: 'multiHot' }), shapes: [[4]], integersBelow: 5 },
    {
      make: () => layers.categoryEncoding({ numTokens: 6, outputMode: 'count' } as never),
      shapes: [[3]],
      integersBelow: 6,
    },
  ],
  centerCrop: [[() => layers.centerCrop({ height: 4, width: 3 }), ...images]],
  concatenate: [
    ...merging(layers.concatenate as never),
    {
      make: () => layers.concatenate({ axis: 1 }),
      shapes: [
        [
          [2, 3],
          [4, 3],
        ],
      ],
    },
  ],
  conv1d: [
    [() => layers.conv1d({ filters: 4, kernelSize: 3 }), ...rows],
    [() => layers.conv1d({ filters: 3, kernelSize: 1, strides: 2, useBias: false }), ...rows],
    [() => layers.conv1d({ filters: 2, kernelSize: 3, padding: 'same', strides: 2, activation: 'elu' }), ...rows],
    [() => layers.conv1d({ filters: 2, kernelSize: 2, ...convolutionNulls }), ...rows],
  ],
  conv2d: [
    [() => layers.conv2d({ filters: 4, kernelSize: 3 }), ...images],
    [() => layers.conv2d({ filters: 5, kernelSize: 1, strides: 2, padding: 'same' }), ...images],
    [
      () => layers.conv2d({ filters: 3, kernelSize: [2, 3], strides: [2, 1], padding: 'same', activation: 'relu' }),
      ...images,
    ],
    [
      () =>
        layers.conv2d({ filters: 3, kernelSize: 3, useBias: false, activation: 'relu6' as never, ...nulls('strides') }),
      ...images,
    ],
    [() => layers.conv2d({ filters: 2, kernelSize: 2, ...convolutionNulls }), ...images],
    [() => layers.conv2d({ filters: 2, kernelSize: 3, strides: 4, padding: 'same' }), ...images],
    [() => layers.conv2d({ filters: 2, kernelSize: 3, dataFormat: 'channelsFirst' }), [3, 6, 5]],
    // tfjs has no gradient of a dilated convolution, on any backend.
    [() => layers.conv2d({ filters: 2, kernelSize: 2, dilationRate: 2 }), ...images],
  ],
  conv2dTranspose: [
    [() => layers.conv2dTranspose({ filters: 3, kernelSize: 3 }), ...images],
    [
      () => layers.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2, padding: 'same', activation: 'tanh' }),
      ...images,
    ],
    [() => layers.conv2dTranspose({ filters: 2, kernelSize: 2, strides: 3, ...convolutionNulls }), ...images],
  ],
  conv3d: [
    [() => layers.conv3d({ filters: 3, kernelSize: 2 }), ...volumes],
    [() => layers.conv3d({ filters: 2, kernelSize: [2, 3, 1], padding: 'same', activation: 'elu' }), ...volumes],
    [() => layers.conv3d({ filters: 2, kernelSize: 2, strides: 2, ...convolutionNulls }), ...volumes],
  ],
  conv3dTranspose: [
    [() => layers.conv3dTranspose({ filters: 2, kernelSize: 2 }), ...volumes],
    [() => layers.conv3dTranspose({ filters: 2, kernelSize: 3, strides: 2, padding: 'same' }), ...volumes],
  ],
  convLstm2d: [
    [() => layers.convLstm2d({ filters: 2, kernelSize: 3 } as never), [3, 5, 5, 2]],
    [
      () => layers.convLstm2d({ filters: 3, kernelSize: 2, padding: 'same', returnSequences: true } as never),
      [2, 4, 5, 1],
    ],
  ],
  convLstm2dCell: [
    // A cell of its own runs by `convLstm2d` only.
    [() => layers.convLstm2d({ filters: 2, kernelSize: 2, strides: 2, useBias: false } as never), [2, 5, 6, 2]],
  ],
  cropping2D: [
    [
      () =>
        layers.cropping2D({
          cropping: [
            [1, 0],
            [2, 1],
          ],
        }),
      ...images,
    ],
    [() => layers.cropping2D({ cropping: 1, dataFormat: 'channelsFirst' } as never), [2, 5, 6]],
  ],
  dense: [
    [() => layers.dense({ units: 4 }), [3], [5, 3], [2, 4, 3]],
    [() => layers.dense({ units: 2, useBias: false, activation: 'softmax' }), ...vectors],
    [() => layers.dense({ units: 3, activation: 'selu', ...nulls('kernelRegularizer', 'biasConstraint') }), ...vectors],
  ],
  depthwiseConv2d: [
    [() => layers.depthwiseConv2d({ kernelSize: 3 }), ...images],
    [
      () =>
        layers.depthwiseConv2d({
          kernelSize: 3,
          strides: 2,
          padding: 'same',
          depthMultiplier: 2,
          activation: 'relu6' as never,
        }),
      ...images,
    ],
    [
      () =>
        layers.depthwiseConv2d({
          kernelSize: [2, 3],
          useBias: false,
          ...nulls('depthwiseRegularizer', 'dilationRate'),
        } as never),
      ...images,
    ],
    [() => layers.depthwiseConv2d({ kernelSize: 1, strides: 2 }), ...images],
  ],
  dot: [
    {
      make: () => layers.dot({ axes: -1 }),
      shapes: [
        [[4], [4]],
        [
          [3, 4],
          [2, 4],
        ],
      ],
    },
    { make: () => layers.dot({ axes: 1, normalize: true }), shapes: [[[5], [5]]] },
  ],
  dropout: [{ make: () => layers.dropout({ rate: 0.4, seed: 3 }), shapes: vectors, inTraining: true }],
  elu: [[() => layers.elu(), ...vectors, [3, 4, 2]]],
  embedding: [
    { make: () => layers.embedding({ inputDim: 7, outputDim: 3 }), shapes: [[4], [9]], integersBelow: 7 },
    {
      make: () => layers.embedding({ inputDim: 5, outputDim: 2, ...nulls('embeddingsRegularizer') }),
      shapes: [[6]],
      integersBelow: 5,
    },
  ],
  flatten: [
    [() => layers.flatten(), ...images],
    [() => layers.flatten({ dataFormat: 'channelsFirst' }), [2, 3, 4]],
  ],
  gaussianDropout: [[() => layers.gaussianDropout({ rate: 0.3 }), ...vectors]],
  gaussianNoise: [[() => layers.gaussianNoise({ stddev: 0.3 }), ...vectors]],
  globalAveragePooling1d: [[() => layers.globalAveragePooling1d({}), ...rows]],
  globalAveragePooling2d: [
    [() => layers.globalAveragePooling2d({}), ...images],
    [() => layers.globalAveragePooling2d({ dataFormat: 'channelsFirst' }), [2, 5, 4]],
  ],
  globalMaxPooling1d: [[() => layers.globalMaxPooling1d({} as never), ...rows]],
  globalMaxPooling2d: [
    [() => layers.globalMaxPooling2d({}), ...images],
    [() => layers.globalMaxPooling2d({ dataFormat: 'channelsFirst' }), [2, 5, 4]],
  ],
  gru: recurrent(layers.gru as never),
  gruCell: cells(layers.gruCell as never),
  input: [],
  inputLayer: [],
  layerNormalization: [
    [() => layers.layerNormalization(), ...vectors, [3, 4, 2]],
    [() => layers.layerNormalization({ axis: 1, epsilon: 0.01 }), [4, 3]],
    [() => layers.layerNormalization({ center: false, scale: false }), ...vectors],
  ],
  leakyReLU: [
    [() => layers.leakyReLU(), ...vectors],
    [() => layers.leakyReLU({ alpha: 0.1 }), [3, 4, 2]],
  ],
  lstm: recurrent(layers.lstm as never),
  lstmCell: cells(layers.lstmCell as never),
  masking: [[() => layers.masking({ maskValue: 0 }), ...rows]],
  maxPooling1d: pools1d(layers.maxPooling1d as never),
  maxPooling2d: pools2d(layers.maxPooling2d as never),
  maxPooling3d: pools3d(layers.maxPooling3d as never),
  maximum: merging(layers.maximum as never),
  minimum: merging(layers.minimum as never),
  multiply: merging(layers.multiply as never),
  permute: [
    [() => layers.permute({ dims: [2, 1] }), ...rows],
    [() => layers.permute({ dims: [3, 1, 2] }), ...images],
  ],
  prelu: [
    [() => layers.prelu(), ...vectors],
    [() => layers.prelu({ sharedAxes: [1, 2] }), ...images],
  ],
  randomWidth: [[() => layers.randomWidth({ factor: 0.3, seed: 1 } as never), ...images]],
  reLU: [
    [() => layers.reLU(), ...vectors, [3, 4, 2]],
    [() => layers.reLU({ maxValue: 6 }), [3, 4, 2]],
  ],
  repeatVector: [[() => layers.repeatVector({ n: 3 }), ...vectors]],
  rescaling: [[() => layers.rescaling({ scale: 0.5, offset: -1 }), ...images]],
  reshape: [
    [() => layers.reshape({ targetShape: [2, 3] }), [6], [3, 2]],
    [() => layers.reshape({ targetShape: [-1, 2] }), [4, 3]],
  ],
  resizing: [
    [() => layers.resizing({ height: 8, width: 4 }), [4, 8, 2]],
    [() => layers.resizing({ height: 4, width: 16, interpolation: 'nearest' }), [8, 8, 1]],
    [() => layers.resizing({ height: 6, width: 7, cropToAspectRatio: false }), [5, 3, 2]],
  ],
  rnn: [[() => layers.rnn({ cell: layers.simpleRNNCell({ units: 3 }), unroll: true }), [4, 2]]],
  separableConv2d: [
    [() => layers.separableConv2d({ filters: 3, kernelSize: 3 }), ...images],
    {
      make: () =>
        layers.separableConv2d({
          filters: 3,
          kernelSize: 2,
          strides: 2,
          padding: 'same',
          depthMultiplier: 2,
          activation: 'relu',
        }),
      shapes: images,
      reloads: false,
    },
  ],
  simpleRNN: recurrent(layers.simpleRNN as never),
  simpleRNNCell: cells(layers.simpleRNNCell as never),
  softmax: [
    [() => layers.softmax(), ...vectors],
    [() => layers.softmax({ axis: -1 }), [3, 4]],
  ],
  spatialDropout1d: [{ make: () => layers.spatialDropout1d({ rate: 0.4, seed: 2 }), shapes: rows }],
  stackedRNNCells: [
    [
      () =>
        layers.rnn({
          cell: layers.stackedRNNCells({ cells: [layers.gruCell({ units: 2 }), layers.lstmCell({ units: 3 })] }),
        }),
      ...rows,
    ],
  ],
  thresholdedReLU: [
    [() => layers.thresholdedReLU(), ...vectors],
    [() => layers.thresholdedReLU({ theta: 0.2 }), ...vectors],
  ],
  timeDistributed: [[() => layers.timeDistributed({ layer: layers.dense({ units: 3 }) }), ...rows]],
  upSampling2d: [
    [() => layers.upSampling2d({}), ...images],
    [() => layers.upSampling2d({ size: [3, 2], interpolation: 'bilinear' }), ...images],
    [() => layers.upSampling2d({ size: [2, 3], ...nulls('dataFormat') }), ...images],
    [() => layers.upSampling2d({ dataFormat: 'channelsFirst' }), [2, 4, 3]],
  ],
  zeroPadding2d: [
    [() => layers.zeroPadding2d(), ...images],
    [
      () =>
        layers.zeroPadding2d({
          padding: [
            [1, 0],
            [2, 3],
          ],
        }),
      ...images,
    ],
    [() => layers.zeroPadding2d({ padding: 1, dataFormat: 'channelsFirst' } as never), [2, 4, 3]],
  ],
};

/** Other names of the same layers. */
export const aliases: Record<string, string> = {
  avgPool1d: 'averagePooling1d',
  avgPool2d: 'averagePooling2d',
  avgPool3d: 'averagePooling3d',
  avgPooling1d: 'averagePooling1d',
  avgPooling2d: 'averagePooling2d',
  avgPooling3d: 'averagePooling3d',
  globalMaxPool1d: 'globalMaxPooling1d',
  globalMaxPool2d: 'globalMaxPooling2d',
  maxPool1d: 'maxPooling1d',
  maxPool2d: 'maxPooling2d',
};

export const casesOf = (name: string): LayerCase[] =>
  table[name].map((entry) => (Array.isArray(entry) ? { make: entry[0], shapes: entry.slice(1) as number[][] } : entry));
