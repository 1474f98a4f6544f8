import * as tfl from '@tensorflow/tfjs-layers';

const { layers } = tfl;
type Layer = tfl.layers.Layer;

/** A layer in use: what it is given, each without the batch. */
export interface Case {
  make(): Layer;
  inputs: number[][];
  /** Whole numbers from 0 up to this one, for layers that look something up. */
  integers?: number;
  /** Random layers are tried as in prediction, where they let everything pass. */
  training?: boolean;
  /** Whether tfjs has a gradient of it. @default true */
  differentiable?: boolean;
  /** What tfjs itself says, on every backend, where it cannot run the layer. */
  refused?: RegExp;
  /** A backend that has no kernel for it. */
  missingOn?: string;
}

const image = [[7, 6, 3]];
const even = [[8, 8, 4]];
const gray = [[9, 5, 1]];
const volume = [[5, 6, 4, 2]];
const sequence = [[6, 5]];
const vector = [[7]];

const of = (inputs: number[][], ...makes: (() => Layer)[]): Case[] => makes.map((make) => ({ make, inputs }));
const pools = (make: (args: { poolSize?: never; strides?: never; padding?: never }) => Layer, inputs: number[][]) =>
  [
    {},
    { poolSize: 3, strides: 2 },
    { poolSize: 3, strides: 2, padding: 'same' },
    { poolSize: 2, strides: 1, padding: 'same' },
  ].map((args): Case => ({ make: () => make(args as never), inputs }));
const merge = (make: (args: never) => Layer): Case[] =>
  of(
    [
      [4, 3],
      [4, 3],
    ],
    () => make({} as never),
  );
// tfjs hands down null for options that were not given, and takes it itself from saved models.
const nothing = null as unknown as undefined;
// The orthogonal default calls chained operations, which only the union package has.
const recurrentInitializer = 'glorotNormal';
const units = (units: number) => ({ units, recurrentInitializer }) as const;
const cannot = (refused: RegExp, list: Case[]) => list.map((entry): Case => ({ ...entry, refused }));
const flat = (list: Case[]) => list.map((entry): Case => ({ ...entry, differentiable: false }));

/** Every layer of tfjs-layers, with options at their defaults, null, and off them. */
export const table: { [name: string]: Case[] } = {
  activation: [
    'elu',
    'hardSigmoid',
    'linear',
    'relu',
    'relu6',
    'selu',
    'sigmoid',
    'softmax',
    'softplus',
    'softsign',
    'tanh',
    'swish',
    'mish',
    'gelu',
  ].flatMap((activation) => of(image, () => layers.activation({ activation: activation as 'elu' }))),
  add: merge(layers.add),
  alphaDropout: of(vector, () => layers.alphaDropout({ rate: 0.3 })),
  average: merge(layers.average),
  averagePooling1d: pools(layers.averagePooling1d as never, sequence),
  averagePooling2d: [
    ...pools(layers.averagePooling2d as never, image),
    ...pools(layers.averagePooling2d as never, gray),
  ],
  averagePooling3d: pools(layers.averagePooling3d as never, volume),
  batchNormalization: [
    ...of(
      image,
      () => layers.batchNormalization(),
      () => layers.batchNormalization({ epsilon: 0.1, momentum: 0.5 }),
    ),
    ...of(vector, () => layers.batchNormalization()),
    { make: () => layers.batchNormalization(), inputs: image, training: true },
    { make: () => layers.batchNormalization(), inputs: vector, training: true },
  ],
  bidirectional: of(sequence, () =>
    layers.bidirectional({ layer: layers.gru(units(3)) as never, mergeMode: 'concat' }),
  ),
  categoryEncoding: [
    {
      make: () => layers.categoryEncoding({ numTokens: 5, outputMode: 'multiHot' }),
      inputs: [[3]],
      integers: 5,
      differentiable: false,
      missingOn: 'tensorflow',
    },
  ],
  centerCrop: flat(of([[8, 8, 3]], () => layers.centerCrop({ height: 4, width: 6 }))),
  concatenate: [
    ...merge(layers.concatenate),
    ...of(
      [
        [4, 3],
        [2, 3],
      ],
      () => layers.concatenate({ axis: 1 }),
    ),
  ],
  conv1d: of(
    sequence,
    () => layers.conv1d({ filters: 4, kernelSize: 3 }),
    () => layers.conv1d({ filters: 4, kernelSize: 2, strides: 2, padding: 'same', useBias: false, activation: 'elu' }),
  ),
  conv2d: [image, even, gray].flatMap((inputs) =>
    of(
      inputs,
      () => layers.conv2d({ filters: 4, kernelSize: 3 }),
      () => layers.conv2d({ filters: 5, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
      () => layers.conv2d({ filters: 5, kernelSize: 1, strides: 2, padding: 'same', useBias: false }),
      () => layers.conv2d({ filters: 5, kernelSize: 1, strides: 2, padding: 'valid', useBias: false }),
      () =>
        layers.conv2d({ filters: 3, kernelSize: [3, 2], strides: [1, 2], dilationRate: nothing, activation: 'elu' }),
      () => layers.conv2d({ filters: 3, kernelSize: 2, strides: 3, padding: 'same' }),
    ),
  ),
  conv2dTranspose: of(
    image,
    () => layers.conv2dTranspose({ filters: 4, kernelSize: 3 }),
    () => layers.conv2dTranspose({ filters: 4, kernelSize: 2, strides: 2, padding: 'same', useBias: false }),
    () => layers.conv2dTranspose({ filters: 4, kernelSize: 4, strides: 2, padding: 'same' }),
  ),
  conv3d: of(
    volume,
    () => layers.conv3d({ filters: 3, kernelSize: 2 }),
    () => layers.conv3d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
  ),
  conv3dTranspose: flat(
    of(volume, () => layers.conv3dTranspose({ filters: 3, kernelSize: 2, strides: 2, padding: 'same' })),
  ),
  convLstm2d: of([[3, 5, 5, 2]], () => layers.convLstm2d({ filters: 2, kernelSize: 3, recurrentInitializer })),
  cropping2D: of(image, () =>
    layers.cropping2D({
      cropping: [
        [1, 2],
        [0, 1],
      ],
    }),
  ),
  dense: of(
    vector,
    () => layers.dense({ units: 4 }),
    () => layers.dense({ units: 3, useBias: false, activation: 'tanh' }),
  ).concat(of(sequence, () => layers.dense({ units: 4, activation: 'softmax' }))),
  depthwiseConv2d: [image, even, gray].flatMap((inputs) =>
    of(
      inputs,
      () => layers.depthwiseConv2d({ kernelSize: 3 }),
      () => layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', useBias: false, dilationRate: nothing }),
      () =>
        layers.depthwiseConv2d({ kernelSize: 3, strides: 2, padding: 'same', depthMultiplier: 2, activation: 'relu6' }),
      () => layers.depthwiseConv2d({ kernelSize: 1, strides: 3, padding: 'same' }),
    ),
  ),
  dot: of(
    [[4], [4]],
    () => layers.dot({ axes: -1 }),
    () => layers.dot({ axes: -1, normalize: true }),
  ),
  dropout: [
    ...of(vector, () => layers.dropout({ rate: 0.4 })),
    { make: () => layers.dropout({ rate: 0.4, seed: 3 }), inputs: vector, training: true },
  ],
  elu: of(image, () => layers.elu()),
  embedding: [{ make: () => layers.embedding({ inputDim: 5, outputDim: 3 }), inputs: [[4]], integers: 5 }],
  flatten: of(
    image,
    () => layers.flatten(),
    () => layers.flatten({ dataFormat: 'channelsFirst' }),
  ),
  gaussianDropout: of(vector, () => layers.gaussianDropout({ rate: 0.3 })),
  gaussianNoise: of(vector, () => layers.gaussianNoise({ stddev: 0.3 })),
  globalAveragePooling1d: of(sequence, () => layers.globalAveragePooling1d()),
  globalAveragePooling2d: of(image, () => layers.globalAveragePooling2d({})),
  globalMaxPooling1d: of(sequence, () => layers.globalMaxPooling1d()),
  globalMaxPooling2d: of(image, () => layers.globalMaxPooling2d({})),
  gru: of(
    sequence,
    () => layers.gru(units(3)),
    () => layers.gru({ ...units(3), returnSequences: true, goBackwards: true }),
  ),
  layerNormalization: of(
    vector,
    () => layers.layerNormalization(),
    () => layers.layerNormalization({ epsilon: 0.1 }),
  ),
  leakyReLU: of(
    image,
    () => layers.leakyReLU(),
    () => layers.leakyReLU({ alpha: 0.1 }),
  ),
  lstm: of(
    sequence,
    () => layers.lstm(units(3)),
    () => layers.lstm({ ...units(2), returnSequences: true, unitForgetBias: false }),
  ),
  masking: flat(of(sequence, () => layers.masking({ maskValue: 0.5 }))),
  maxPooling1d: pools(layers.maxPooling1d as never, sequence),
  maxPooling2d: [...pools(layers.maxPooling2d as never, image), ...pools(layers.maxPooling2d as never, gray)],
  maxPooling3d: pools(layers.maxPooling3d as never, volume),
  maximum: merge(layers.maximum),
  minimum: merge(layers.minimum),
  multiply: merge(layers.multiply),
  permute: of(image, () => layers.permute({ dims: [2, 3, 1] })),
  prelu: of(
    image,
    () => layers.prelu(),
    () => layers.prelu({ sharedAxes: [1, 2] }),
  ),
  randomWidth: cannot(
    /must be rank 3 or 4|Invalid typed array length/,
    of(image, () => layers.randomWidth({ factor: 0.2 })),
  ),
  reLU: of(
    image,
    () => layers.reLU(),
    () => layers.reLU({ maxValue: 0.7 }),
  ),
  repeatVector: of(vector, () => layers.repeatVector({ n: 3 })),
  rescaling: of(image, () => layers.rescaling({ scale: 0.5, offset: -1 })),
  reshape: of(image, () => layers.reshape({ targetShape: [6, -1] })),
  resizing: cannot(
    /must be rank 3 or 4|Invalid typed array length/,
    of(
      image,
      () => layers.resizing({ height: 5, width: 9 }),
      () => layers.resizing({ height: 14, width: 12, interpolation: 'nearest' }),
    ),
  ),
  rnn: of(sequence, () =>
    layers.rnn({
      cell: layers.stackedRNNCells({
        cells: [layers.lstmCell(units(2)), layers.gruCell(units(3))] as never,
      }) as never,
    }),
  ),
  separableConv2d: of(
    image,
    () => layers.separableConv2d({ filters: 4, kernelSize: 3 }),
    () => layers.separableConv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', depthMultiplier: 2 }),
  ),
  simpleRNN: of(sequence, () => layers.simpleRNN(units(3))),
  softmax: [...of(vector, () => layers.softmax()), ...of(sequence, () => layers.softmax({ axis: -1 }))],
  spatialDropout1d: of(sequence, () => layers.spatialDropout1d({ rate: 0.3 })),
  thresholdedReLU: flat(
    of(
      image,
      () => layers.thresholdedReLU(),
      () => layers.thresholdedReLU({ theta: 0.2 }),
    ),
  ),
  timeDistributed: of([[3, 6, 5, 2]], () =>
    layers.timeDistributed({ layer: layers.conv2d({ filters: 2, kernelSize: 3 }) }),
  ),
  upSampling2d: of(
    image,
    () => layers.upSampling2d({}),
    () => layers.upSampling2d({ size: [2, 3], interpolation: 'nearest' }),
    () => layers.upSampling2d({ size: [2, 2], interpolation: 'bilinear' }),
  ),
  zeroPadding2d: of(
    image,
    () => layers.zeroPadding2d(),
    () =>
      layers.zeroPadding2d({
        padding: [
          [1, 0],
          [2, 1],
        ],
      }),
  ),
};

/** Other names of a layer, what is no layer by itself, and what only makes inputs. */
export const aliases: { [name: string]: keyof typeof table | 'none' } = {
  ...{ avgPool1d: 'averagePooling1d', avgPool2d: 'averagePooling2d', avgPool3d: 'averagePooling3d' },
  ...{ avgPooling1d: 'averagePooling1d', avgPooling2d: 'averagePooling2d', avgPooling3d: 'averagePooling3d' },
  ...{ globalMaxPool1d: 'globalMaxPooling1d', globalMaxPool2d: 'globalMaxPooling2d' },
  ...{ maxPool1d: 'maxPooling1d', maxPool2d: 'maxPooling2d' },
  ...{
    gruCell: 'gru',
    lstmCell: 'lstm',
    simpleRNNCell: 'simpleRNN',
    stackedRNNCells: 'rnn',
    convLstm2dCell: 'convLstm2d',
  },
  ...{ Layer: 'none', RNN: 'none', RNNCell: 'none', input: 'none', inputLayer: 'none' },
};
