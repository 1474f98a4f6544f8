import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  batchNormalization,
  byol,
  contrastiveAccuracy,
  memoryQueue,
  momentumEncoder,
  nonSemanticByol,
  nonSemanticInfoNCE,
  sgd,
} from 'tfjs-nonsemantic-negatives';
import { accelerate } from 'tfjs-nonsemantic-negatives/accelerate';
import { glorot, labels, type MakeProgram, noise, trainBeside } from './support';

declare const BACKEND: string;
const onTensorFlow = BACKEND === 'tensorflow' ? describe : describe.skip;
const { layers } = tfl;

type Layer = tfl.layers.Layer;
const inputShape: [number, number, number] = [8, 8, 3];
const conv = (filters: number, seed: number, args = {}) =>
  layers.conv2d({ filters, kernelSize: 3, padding: 'same', kernelInitializer: glorot(seed), ...args });
const head = () => [
  layers.globalAveragePooling2d({}),
  layers.dense({ units: 5, activation: 'softmax', kernelInitializer: glorot(3) }),
];

interface ClassifierArgs {
  body(): Layer[];
  optimizer?(): tf.Optimizer;
  loss?: string | ((truth: tf.Tensor, prediction: tf.Tensor) => tf.Tensor);
}

const classifier =
  ({ body, optimizer = () => tf.train.adam(0.01), loss = 'categoricalCrossentropy' }: ClassifierArgs): MakeProgram =>
  () => {
    const model = tfl.sequential({ layers: body() });
    model.compile({ optimizer: optimizer(), loss, metrics: ['accuracy'] });
    return { model, batch: (step) => [noise([6, ...inputShape], step), labels(6, 5, step)] };
  };

const encoder = (normalization: (args: object) => Layer = batchNormalization) =>
  tfl.sequential({
    layers: [
      conv(8, 1, { inputShape, strides: 2, useBias: false }),
      normalization({}),
      layers.reLU(),
      layers.globalAveragePooling2d({}),
      layers.dense({ units: 6, kernelInitializer: glorot(4) }),
    ],
  });

interface MoCoArgs {
  negatives?: number;
  optimizer?(): tf.Optimizer;
  normalization?(args: object): Layer;
}

const moco =
  ({ negatives = 1, optimizer = plainSgd, normalization }: MoCoArgs = {}): MakeProgram =>
  () => {
    const names = ['query', 'key', ...Array.from({ length: negatives }, (_, m) => `negative_${m}`)];
    const inputs = names.map((name) => tfl.input({ name, shape: inputShape }));
    const embeddings = momentumEncoder({ encoder: encoder(normalization), momentum: 0.9 }).apply(inputs);
    const outputs = memoryQueue({ size: 32 }).apply(embeddings) as tfl.SymbolicTensor;
    const model = tfl.model({ inputs, outputs });
    model.compile({ optimizer: optimizer(), loss: nonSemanticInfoNCE(), metrics: [contrastiveAccuracy] });
    return {
      model,
      batch: (step) => [...names.map((_, k) => noise([8, ...inputShape], 10 * step + k)), tf.zeros([8, 1])],
    };
  };
const plainSgd = () => sgd({ learningRate: 0.05, momentum: 0.9, weightDecay: 1e-3 });

const byolProgram: MakeProgram = () => {
  const names = ['view_0', 'view_1', 'negative_0'];
  const inputs = names.map((name) => tfl.input({ name, shape: inputShape }));
  const predictor = tfl.sequential({
    layers: [layers.dense({ units: 6, inputShape: [6], kernelInitializer: glorot(9) })],
  });
  const outputs = byol({ encoder: encoder(), predictor }).apply(inputs) as tfl.SymbolicTensor;
  const model = tfl.model({ inputs, outputs });
  model.compile({ optimizer: plainSgd(), loss: nonSemanticByol() });
  return {
    model,
    batch: (step) => [...names.map((_, k) => noise([8, ...inputShape], 10 * step + k)), tf.zeros([8, 1])],
  };
};

const cnn = (...extra: Layer[]) => [conv(4, 1, { inputShape, strides: 2 }), layers.reLU(), ...extra, ...head()];
const flat = (...body: Layer[]) => [
  layers.flatten({ inputShape }),
  ...body,
  layers.dense({ units: 5, activation: 'softmax', kernelInitializer: glorot(7) }),
];
const optimizers: Record<string, () => tf.Optimizer> = {
  adam: () => tf.train.adam(0.01),
  adamax: () => tf.train.adamax(0.01),
  adagrad: () => tf.train.adagrad(0.05),
  adadelta: () => tf.train.adadelta(0.1),
  momentum: () => tf.train.momentum(0.05, 0.9),
  nesterov: () => tf.train.momentum(0.05, 0.9, true),
  rmsprop: () => tf.train.rmsprop(0.01),
  sgd: () => tf.train.sgd(0.1),
  'our sgd': plainSgd,
  'our sgd, clipped': () => sgd({ learningRate: 0.05, clipNorm: 0.1 }),
};
const bodies: Record<string, () => Layer[]> = {
  'batch normalization': () => cnn(layers.batchNormalization()),
  'our batch normalization': () => cnn(batchNormalization({})),
  'our batch normalization in parts': () => cnn(batchNormalization({ splits: 2 })),
  'layer normalization': () => cnn(layers.layerNormalization()),
  'max pooling': () => cnn(layers.maxPooling2d({ poolSize: 2 })),
  'average pooling': () => cnn(layers.averagePooling2d({ poolSize: 2 })),
  elu: () => cnn(layers.elu()),
  'leaky relu': () => cnn(layers.leakyReLU()),
  prelu: () => cnn(layers.prelu({ alphaInitializer: glorot(5) })),
  softmax: () => cnn(layers.softmax({ axis: -1 })),
  'dropout with a seed': () => cnn(layers.dropout({ rate: 0.3, seed: 5 })),
  'up-sampling': () => cnn(layers.upSampling2d({ size: [2, 2] })),
  'zero padding': () => cnn(layers.zeroPadding2d()),
  'a depthwise convolution': () =>
    cnn(layers.depthwiseConv2d({ kernelSize: 3, depthwiseInitializer: glorot(5), dilationRate: 1 })),
  'a separable convolution': () =>
    cnn(
      layers.separableConv2d({
        kernelSize: 3,
        filters: 4,
        depthwiseInitializer: glorot(5),
        pointwiseInitializer: glorot(6),
      }),
    ),
  'a transposed convolution': () =>
    cnn(layers.conv2dTranspose({ filters: 3, kernelSize: 3, kernelInitializer: glorot(6) })),
  'a regularizer': () =>
    flat(layers.dense({ units: 8, kernelInitializer: glorot(3), kernelRegularizer: tfl.regularizers.l1l2() })),
  'a constraint': () =>
    flat(
      layers.dense({
        units: 8,
        kernelInitializer: glorot(3),
        kernelConstraint: tfl.constraints.maxNorm({ maxValue: 1 }),
      }),
    ),
  activations: () =>
    flat(
      ...(['sigmoid', 'tanh', 'relu6', 'swish', 'softplus', 'selu'] as const).map((activation, i) =>
        layers.dense({ units: 8, activation, kernelInitializer: glorot(10 + i) }),
      ),
    ),
};
const losses = [
  'meanSquaredError',
  'meanAbsoluteError',
  'binaryCrossentropy',
  'hinge',
  'squaredHinge',
  'kullbackLeiblerDivergence',
  'logcosh',
  'poisson',
  'cosineProximity',
  'meanAbsolutePercentageError',
];

const programs: Record<string, MakeProgram> = {
  MoCo: moco(),
  'MoCo without negatives': moco({ negatives: 0 }),
  'MoCo with two negatives': moco({ negatives: 2 }),
  'MoCo with adam': moco({ optimizer: optimizers.adam }),
  "MoCo with tfjs's batch normalization": moco({ normalization: (args) => layers.batchNormalization(args) }),
  BYOL: byolProgram,
  ...Object.fromEntries(
    Object.entries(optimizers).map(([name, optimizer]) => [
      `optimizer ${name}`,
      classifier({ body: () => cnn(), optimizer }),
    ]),
  ),
  ...Object.fromEntries(Object.entries(bodies).map(([name, body]) => [`layer ${name}`, classifier({ body })])),
  ...Object.fromEntries(losses.map((loss) => [`loss ${loss}`, classifier({ body: () => cnn(), loss })])),
};

/** What reads inside a step. */
const sequence =
  (body: () => Layer[]): MakeProgram =>
  () => {
    const model = tfl.sequential({
      layers: [...body(), layers.dense({ units: 5, activation: 'softmax', kernelInitializer: glorot(4) })],
    });
    model.compile({ optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy' });
    const batch = (step: number) => [
      tf.tidy(() => tf.cast(tf.randomUniform([8, 5], 0, 20, 'float32', step + 1), 'int32')),
      labels(8, 5, step),
    ];
    return { model, batch };
  };
const embedding = () =>
  layers.embedding({ inputDim: 20, outputDim: 6, inputLength: 5, embeddingsInitializer: glorot(1) });
const reading: Record<string, MakeProgram> = {
  embedding: sequence(() => [embedding(), layers.flatten()]),
  lstm: sequence(() => [
    embedding(),
    layers.lstm({ units: 4, kernelInitializer: glorot(2), recurrentInitializer: glorot(3) }),
  ]),
  'a loss that reads': classifier({
    body: () => cnn(),
    loss: (truth, prediction) => {
      prediction.dataSync();
      return tf.losses.meanSquaredError(truth, prediction);
    },
  }),
};

onTensorFlow('step by step beside eager training', () => {
  let restore = () => {};
  beforeAll(async () => {
    ({ restore } = await accelerate());
  });
  afterAll(() => restore());

  test.each(Object.keys(programs))('%s', async (name) => {
    const { steps, reasons } = await trainBeside(programs[name], { steps: 7 });
    expect(reasons).toEqual({ 'the first step with arguments of these shapes': 1 });
    expect(steps).toEqual({ eager: 1, recorded: 2, verified: 1, graph: 3, fast: 0 });
  });

  test.each(Object.keys(reading))('%s: eagerly, by name', async (name) => {
    const { steps, runs, reasons } = await trainBeside(reading[name], { steps: 7 });
    expect({ runs, graph: steps.graph }).toEqual({ runs: 'eager', graph: 0 });
    expect(Object.keys(reasons)).toContain('it reads the values of a tensor');
  });
});
