import * as tf from '@tensorflow/tfjs-core';
import { accelerate, compiled } from 'tfjs-nonsemantic-negatives/accelerate';
import { noise } from './support';

declare const BACKEND: string;
const onTensorFlow = BACKEND === 'tensorflow' ? describe : describe.skip;

const x = () => noise([4, 6], 1);
const positive = () => tf.add(tf.abs(x()), 0.5);
const image = () => noise([2, 8, 8, 3], 2);
const filter = () => noise([3, 3, 3, 4], 3) as tf.Tensor4D;
const volume = () => noise([1, 4, 4, 4, 2], 4) as tf.Tensor5D;
const ints = () => tf.tensor2d([3, 1, 2, 7, 5, 9], [2, 3], 'int32');
const bools = () => tf.tensor2d([1, 0, 0, 1, 1, 0], [2, 3], 'bool');
const gradient = (f: (x: never) => tf.Tensor) => (x: tf.Tensor) => tf.grad((y) => tf.sum(tf.square(f(y as never))))(x);

type Step = (...args: never[]) => unknown;
const pool = (x: tf.Tensor4D) => tf.maxPool(x, 2, 2, 'same');
const average = (x: tf.Tensor4D) => tf.avgPool(x, 3, 2, 'same');
const convolve = (x: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2d(x, w, 2, 'same');
const cropped = (x: tf.Tensor4D) => tf.image.cropAndResize(x, [[0.1, 0.2, 0.8, 0.9]], [1], [4, 5]);

/** Operations of tfjs, their inputs, and what may merge with what follows. */
const cases: Record<string, [Step, () => tf.Tensor[]]> = {};
const unary = [
  'abs acos acosh asin asinh atan atanh ceil cos cosh elu erf exp expm1 floor isFinite isInf isNaN leakyRelu log',
  'log1p logSigmoid neg reciprocal relu relu6 round rsqrt selu sigmoid sign sin sinh softmax softplus sqrt square step',
  'tan tanh logSoftmax zerosLike onesLike transpose cumsum cumprod reverse max min mean sum prod argMax argMin all any logSumExp norm',
].flatMap((line) => line.split(' '));
for (const name of unary) {
  const needsBool = name === 'all' || name === 'any';
  cases[name] = [
    (tf as unknown as Record<string, Step>)[name],
    () => [needsBool ? bools() : ['acosh', 'log'].includes(name) ? tf.add(positive(), 1) : x()],
  ];
}
for (const name of 'add sub mul div divNoNan floorDiv mod pow maximum minimum squaredDifference atan2 equal notEqual less lessEqual greater greaterEqual'.split(
  ' ',
))
  cases[name] = [(tf as unknown as Record<string, Step>)[name], () => [positive(), tf.abs(noise([6], 5))]];

Object.assign(cases, {
  'a log of a softmax': [(x: tf.Tensor) => tf.log(tf.softmax(x)), () => [x()]],
  'a quotient by a root': [(x: tf.Tensor) => tf.div(1, tf.sqrt(x)), () => [positive()]],
  'x / sqrt(y), which is also a result': [
    (x: tf.Tensor) => {
      const root = tf.sqrt(x);
      return [root, tf.div(x, root)];
    },
    () => [positive()],
  ],
  'a reciprocal of a reciprocal': [(x: tf.Tensor) => tf.reciprocal(tf.reciprocal(x)), () => [positive()]],
  'sums in another order': [
    (x: tf.Tensor, y: tf.Tensor) => tf.add(x, tf.add(y, tf.add(tf.exp(x), tf.add(tf.sin(y), tf.cos(x))))),
    () => [x(), noise([4, 6], 9)],
  ],
  'products of scalars': [(x: tf.Tensor) => tf.mul(0.1, tf.mul(0.3, tf.mul(x, 0.7))), () => [x()]],
  'a factor in a convolution': [
    (x: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2d(tf.mul(x, 0.3) as tf.Tensor4D, w, 1, 'same'),
    () => [image(), filter()],
  ],
  'a common factor': [
    (x: tf.Tensor, y: tf.Tensor) => tf.add(tf.mul(x, y), tf.mul(x, tf.exp(y))),
    () => [x(), noise([4, 6], 9)],
  ],
  'a chain': [(x: tf.Tensor) => tf.tanh(tf.exp(tf.sin(tf.sqrt(x)))), () => [positive()]],
  'x ** 3': [(x: tf.Tensor) => tf.pow(x, 3), () => [x()]],
  'x ** 0.5': [(x: tf.Tensor) => tf.pow(x, 0.5), () => [positive()]],
  'exp(x) - 1': [(x: tf.Tensor) => tf.sub(tf.exp(x), 1), () => [x()]],
  'log(1 + x)': [(x: tf.Tensor) => tf.log(tf.add(x, 1)), () => [positive()]],
  'x + 0 * y': [
    (x: tf.Tensor, y: tf.Tensor) => tf.add(x, tf.mul(y, tf.zerosLike(y))),
    () => [x(), tf.fill([4, 6], Number.NaN)],
  ],
  'a product of matrices': [(a: tf.Tensor2D) => tf.matMul(a, a, false, true), () => [noise([30, 70], 2)]],
  'a product with a transposed one': [(a: tf.Tensor2D) => tf.matMul(tf.transpose(a), a), () => [noise([30, 70], 2)]],
  'products of batches': [(a: tf.Tensor3D) => tf.matMul(a, a, true), () => [noise([3, 30, 40], 2)]],
  'a dense layer': [
    (x: tf.Tensor2D, w: tf.Tensor2D, b: tf.Tensor) => tf.fused.matMul({ a: x, b: w, bias: b, activation: 'relu' }),
    () => [noise([9, 50], 1), noise([50, 7], 2), noise([7], 3)],
  ],
  conv2d: [convolve, () => [image(), filter()]],
  'conv2d, fused': [
    (x: tf.Tensor4D, w: tf.Tensor4D, b: tf.Tensor) =>
      tf.fused.conv2d({ x, filter: w, strides: 1, pad: 'same', bias: b, activation: 'relu' }),
    () => [image(), filter(), noise([4], 7)],
  ],
  'gradients of conv2d': [
    (x: tf.Tensor4D, w: tf.Tensor4D) =>
      tf.grads((a, b) => tf.sum(tf.square(convolve(a as tf.Tensor4D, b as tf.Tensor4D))))([x, w]),
    () => [image(), filter()],
  ],
  conv2dTranspose: [
    (x: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2dTranspose(x, w, [2, 16, 16, 3], 2, 'same'),
    () => [noise([2, 8, 8, 4], 1), filter()],
  ],
  'conv2d, dilated': [
    (x: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2d(x, w, 1, 'same', 'NHWC', 2),
    () => [image(), filter()],
  ],
  depthwiseConv2d: [
    (x: tf.Tensor4D, w: tf.Tensor4D) => tf.depthwiseConv2d(x, w, 1, 'same'),
    () => [image(), noise([3, 3, 3, 1], 3) as tf.Tensor4D],
  ],
  separableConv2d: [
    (x: tf.Tensor4D, d: tf.Tensor4D, p: tf.Tensor4D) => tf.separableConv2d(x, d, p, 1, 'same'),
    () => [image(), noise([3, 3, 3, 1], 3), noise([1, 1, 3, 5], 4)],
  ],
  conv3d: [(x: tf.Tensor5D, w: tf.Tensor5D) => tf.conv3d(x, w, 1, 'same'), () => [volume(), noise([2, 2, 2, 2, 3], 5)]],
  maxPool: [pool, () => [image()]],
  'gradient of maxPool': [gradient(pool as (x: tf.Tensor) => tf.Tensor), () => [image()]],
  avgPool: [average, () => [image()]],
  'gradient of avgPool': [gradient(average as (x: tf.Tensor) => tf.Tensor), () => [image()]],
  maxPool3d: [(x: tf.Tensor5D) => tf.maxPool3d(x, 2, 2, 'same'), () => [volume()]],
  batchNorm: [
    (x: tf.Tensor4D, m: tf.Tensor1D, v: tf.Tensor1D) => tf.batchNorm(x, m, v),
    () => [image(), noise([3], 1), tf.abs(noise([3], 2))],
  ],
  localResponseNormalization: [(x: tf.Tensor4D) => tf.localResponseNormalization(x), () => [image()]],
  moments: [(x: tf.Tensor) => Object.values(tf.moments(x, [0, 1])), () => [image()]],
  concat: [(x: tf.Tensor, y: tf.Tensor) => tf.concat([x, y], 1), () => [x(), noise([4, 2], 3)]],
  stack: [(x: tf.Tensor) => tf.stack([x, tf.neg(x)], 1), () => [x()]],
  unstack: [(x: tf.Tensor) => tf.unstack(x, 1), () => [x()]],
  split: [(x: tf.Tensor) => tf.split(x, [1, 3, 2], 1), () => [x()]],
  slice: [(x: tf.Tensor) => tf.slice(x, [1, 2], [2, 3]), () => [x()]],
  stridedSlice: [(x: tf.Tensor) => tf.stridedSlice(x, [0, 1], [4, 6], [2, 2]), () => [x()]],
  reshape: [(x: tf.Tensor) => tf.reshape(tf.neg(x), [2, 12]), () => [x()]],
  expandDims: [(x: tf.Tensor) => tf.expandDims(tf.neg(x), 1), () => [x()]],
  squeeze: [(x: tf.Tensor) => tf.squeeze(tf.neg(tf.expandDims(x, 1))), () => [x()]],
  tile: [(x: tf.Tensor) => tf.tile(x, [2, 3]), () => [x()]],
  pad: [
    (x: tf.Tensor) =>
      tf.pad(
        x,
        [
          [1, 2],
          [0, 1],
        ],
        0.5,
      ),
    () => [x()],
  ],
  mirrorPad: [
    (x: tf.Tensor) =>
      tf.mirrorPad(
        x,
        [
          [1, 2],
          [0, 1],
        ],
        'reflect',
      ),
    () => [x()],
  ],
  spaceToBatchND: [
    (x: tf.Tensor4D) =>
      tf.spaceToBatchND(
        x,
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
    () => [image()],
  ],
  batchToSpaceND: [
    (x: tf.Tensor4D) =>
      tf.batchToSpaceND(
        x,
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
    () => [noise([4, 2, 2, 3], 1)],
  ],
  depthToSpace: [(x: tf.Tensor4D) => tf.depthToSpace(x, 2), () => [noise([1, 2, 2, 8], 1)]],
  gather: [(x: tf.Tensor) => tf.gather(x, tf.tensor1d([3, 0, 2], 'int32'), 0), () => [x()]],
  'gradient of gather': [gradient((x) => tf.gather(x, tf.tensor1d([3, 0, 3], 'int32'))), () => [x()]],
  gatherND: [
    (x: tf.Tensor) =>
      tf.gatherND(
        x,
        tf.tensor2d(
          [
            [1, 2],
            [0, 3],
          ],
          [2, 2],
          'int32',
        ),
      ),
    () => [x()],
  ],
  scatterND: [
    (x: tf.Tensor1D) => tf.scatterND(tf.tensor2d([[2], [4]], [2, 1], 'int32'), x, [6]),
    () => [tf.tensor1d([1.5, 2.5])],
  ],
  tensorScatterUpdate: [
    (x: tf.Tensor1D) => tf.tensorScatterUpdate(tf.zeros([6]), tf.tensor2d([[2], [4]], [2, 1], 'int32'), x),
    () => [tf.tensor1d([1.5, 2.5])],
  ],
  unsortedSegmentSum: [(x: tf.Tensor) => tf.unsortedSegmentSum(x, tf.tensor1d([1, 0, 1, 2], 'int32'), 3), () => [x()]],
  oneHot: [(x: tf.Tensor) => tf.oneHot(x, 10), () => [ints()]],
  cast: [(x: tf.Tensor) => [tf.cast(x, 'int32'), tf.cast(x, 'bool')], () => [x()]],
  where: [
    (c: tf.Tensor, x: tf.Tensor, y: tf.Tensor) => tf.where(c, x, y),
    () => [bools(), noise([2, 3], 1), noise([2, 3], 2)],
  ],
  logical: [
    (a: tf.Tensor) => [tf.logicalAnd(a, a), tf.logicalOr(a, a), tf.logicalNot(a), tf.logicalXor(a, a)],
    () => [bools()],
  ],
  topk: [(x: tf.Tensor) => Object.values(tf.topk(x, 2)), () => [x()]],
  clipByValue: [(x: tf.Tensor) => tf.clipByValue(x, -0.5, 0.5), () => [x()]],
  prelu: [(x: tf.Tensor) => tf.prelu(x, tf.scalar(0.2)), () => [x()]],
  'gradient of prelu': [gradient((x) => tf.prelu(x, tf.scalar(0.2))), () => [x()]],
  resizeBilinear: [(x: tf.Tensor4D) => tf.image.resizeBilinear(x, [5, 11]), () => [image()]],
  'gradient of resizeBilinear': [gradient((x) => tf.image.resizeBilinear(x as tf.Tensor4D, [5, 11])), () => [image()]],
  resizeNearestNeighbor: [(x: tf.Tensor4D) => tf.image.resizeNearestNeighbor(x, [5, 11]), () => [image()]],
  cropAndResize: [cropped, () => [image()]],
  fft: [(x: tf.Tensor) => tf.abs(tf.spectral.fft(tf.complex(x, x))), () => [x()]],
  einsum: [(x: tf.Tensor, y: tf.Tensor) => tf.einsum('ij,kj->ik', x, y), () => [x(), noise([3, 6], 1)]],
  bincount: [(x: tf.Tensor1D) => tf.bincount(x, tf.tensor1d([]), 4), () => [tf.tensor1d([0, 1, 1, 3], 'int32')]],
  linearAlgebra: [(x: tf.Tensor2D) => tf.linalg.bandPart(x, 1, 1), () => [x()]],
  'gradients of losses': [gradient((x) => tf.losses.softmaxCrossEntropy(tf.onesLike(x), x)), () => [x()]],
  'a cross entropy': [gradient((x) => tf.neg(tf.log(tf.clipByValue(tf.softmax(x), 1e-7, 1 - 1e-7)))), () => [x()]],
});
/** What cannot be a graph, and what the report says then. */
const refused: Record<string, [Step, () => tf.Tensor[], RegExp]> = {
  multinomial: [(x: tf.Tensor2D) => tf.multinomial(x, 3, 7), () => [x()], /Multinomial keeps a state/],
  unique: [
    (x: tf.Tensor1D) => tf.unique(x).values,
    () => [tf.tensor1d([1, 1, 2])],
    /shape of UniqueV2 depends on values/,
  ],
  'a read': [(x: tf.Tensor) => tf.scalar(x.dataSync()[0]), () => [x()], /reads the values/],
  'an asynchronous function': [async (x: tf.Tensor) => tf.neg(x), () => [x()], /asynchronous/],
  'a tensor of text': [
    (x: tf.Tensor) => {
      tf.stack([tf.tensor1d(['a']), tf.tensor1d(['b'])]).dispose();
      return tf.neg(x);
    },
    () => [x()],
    /text/,
  ],
  'another shape each time': [
    (x: tf.Tensor) => tf.neg(tf.slice(x, [0], [1 + (count++ % 3)])),
    () => [tf.zeros([4])],
    /the shapes of operation 0, Slice/,
  ],
};
let count = 0;

const values = (result: unknown) => [result].flat().map((tensor) => Array.from((tensor as tf.Tensor).dataSync()));

onTensorFlow.each([false, true])('accelerated: %s', (accelerated) => {
  let restore = () => {};
  beforeAll(async () => {
    if (accelerated) ({ restore } = await accelerate());
  });
  afterAll(() => restore());

  test.each(Object.keys(cases))('%s is the same in a graph', (name) => {
    const [step, makeArgs] = cases[name];
    const args = makeArgs() as never[];
    const run = compiled((...args: never[]) => tf.tidy(() => step(...args) as tf.Tensor));
    const expected = values(tf.tidy(() => step(...args) as tf.Tensor));
    for (let i = 0; i < 6; i++) expect(values(run(...args))).toEqual(expected);
    const { steps, reasons } = run.report();
    run.dispose();
    expect({ reasons, ...steps }).toMatchObject({ graph: 2, verified: 1, recorded: 2, eager: 1 });
  });

  test.each(Object.keys(refused))('%s runs eagerly, and the report says why', async (name) => {
    const [step, makeArgs, reason] = refused[name];
    const args = makeArgs() as never[];
    const run = compiled(step);
    for (let i = 0; i < 15; i++) await run(...args);
    const { runs, reasons, steps } = run.report();
    run.dispose();
    expect({ runs, graph: steps.graph }).toEqual({ runs: 'eager', graph: 0 });
    expect(Object.keys(reasons).join('\n')).toMatch(reason);
  });
});
