import * as tfl from '@tensorflow/tfjs-layers';

/** The least that a layer takes. */
export const required: Record<string, object> = {
  activation: { activation: 'relu' },
  alphaDropout: { rate: 0.3 },
  categoryEncoding: { numTokens: 3, outputMode: 'multiHot' },
  centerCrop: { height: 2, width: 2 },
  cropping2D: { cropping: 1 },
  dense: { units: 2 },
  depthwiseConv2d: { kernelSize: 2 },
  dot: { axes: 1 },
  dropout: { rate: 0.3 },
  embedding: { inputDim: 3, outputDim: 2 },
  gaussianDropout: { rate: 0.3 },
  gaussianNoise: { stddev: 0.3 },
  inputLayer: { inputShape: [2] },
  permute: { dims: [2, 1] },
  randomWidth: { factor: 0.2 },
  repeatVector: { n: 2 },
  rescaling: { scale: 2, offset: 1 },
  reshape: { targetShape: [2, 1] },
  resizing: { height: 2, width: 2 },
  spatialDropout1d: { rate: 0.2 },
};
for (const name of ['gru', 'gruCell', 'lstm', 'lstmCell', 'simpleRNN', 'simpleRNNCell']) required[name] = { units: 2 };
for (const name of ['conv1d', 'conv2d', 'conv2dTranspose', 'conv3d', 'conv3dTranspose', 'separableConv2d'])
  required[name] = { filters: 2, kernelSize: 2 };
for (const name of ['convLstm2d', 'convLstm2dCell']) required[name] = { filters: 2, kernelSize: 2 };

const inner = () => tfl.layers.separableConv2d({ filters: 2, kernelSize: 2, depthMultiplier: 3 });
const cell = () => tfl.layers.gruCell({ units: 5 });
required.bidirectional = { layer: tfl.layers.gru({ units: 2 }), mergeMode: 'concat' };
required.rnn = { cell: cell() };
required.stackedRNNCells = { cells: [cell(), tfl.layers.lstmCell({ units: 3 })] };
required.timeDistributed = { layer: inner() };

/** Values off the default, of which a layer takes at least one. */
export const values: Record<string, unknown[]> = {
  activation: ['tanh'],
  alpha: [0.7, 1],
  autoVectorize: [true],
  axes: [2],
  axis: [1],
  center: [false],
  cropping: [2],
  cropToAspectRatio: [true],
  dataFormat: ['channelsFirst'],
  depthMultiplier: [2],
  dilationRate: [2],
  dims: [[3, 1, 2]],
  dropout: [0.2],
  epsilon: [0.5],
  factor: [0.4],
  filters: [3],
  goBackwards: [true],
  height: [3],
  implementation: [1, 2],
  inputDim: [4],
  inputLength: [3],
  interpolation: ['nearest', 'bilinear'],
  kernelSize: [3],
  maskValue: [3],
  maskZero: [true],
  maxValue: [3],
  mergeMode: ['sum'],
  momentum: [0.5],
  n: [3],
  noiseShape: [[1, 2]],
  normalize: [true],
  numTokens: [4],
  offset: [4],
  outputDim: [5],
  outputMode: ['count'],
  padding: ['same', 2],
  poolSize: [3],
  rate: [0.7],
  recurrentActivation: ['tanh'],
  recurrentDropout: [0.2],
  resetAfter: [true, false],
  returnSequences: [true],
  returnState: [true],
  scale: [false, 3],
  seed: [5],
  sharedAxes: [[1]],
  size: [[3, 3]],
  stateful: [true],
  stddev: [0.8],
  strides: [2],
  targetShape: [[1, 2]],
  theta: [0.7],
  unitForgetBias: [false],
  units: [3],
  unroll: [true],
  useBias: [false],
  width: [3],
};
const weights = ['kernel', 'bias', 'recurrent', 'depthwise', 'pointwise', 'beta', 'gamma', 'alpha', 'embeddings'];
for (const weight of [...weights, 'movingMean', 'movingVariance', 'activity']) {
  values[`${weight}Regularizer`] = ['l1l2'];
  values[`${weight}Constraint`] = ['nonNeg'];
  values[`${weight}Initializer`] = ['randomNormal'];
}

/** What the constructors read beside options of their own. */
export const noOptions = [
  ...['name', 'trainable', 'dtype', 'inputDType', 'inputShape', 'batchInputShape', 'batchSize', 'weights', 'updatable'],
  ...['sparse', 'rank', 'dropoutFunc', 'cell', 'cells', 'layer'],
];

/** What a layer looks for to refuse it. */
export const refused: Record<string, string[]> = {
  separableConv2d: ['kernelInitializer', 'kernelRegularizer', 'kernelConstraint'],
};
