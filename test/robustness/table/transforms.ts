import * as tf from '@tensorflow/tfjs-core';
import * as tfd from '@tensorflow/tfjs-data';
import {
  contrastiveDataset,
  mocoV2Augmentation,
  normalize,
  patchNegative,
  randomStream,
  randomTransform,
  synthesizeTexture,
  textureNegative,
  twoViews,
} from 'tfjs-nonsemantic-negatives';
import { corrupt } from 'tfjs-nonsemantic-negatives/evaluation';
import { contrastiveDatasetOptions } from '../../../src/data/contrastiveDatasetArgs';
import { corruptOptions } from '../../../src/evaluation/corruption/corrupt';
import { synthesizeTextureOptions } from '../../../src/texture/synthesizeTexture';
import { mocoV2AugmentationOptions } from '../../../src/transforms/mocoV2AugmentationArgs';
import { normalizeOptions } from '../../../src/transforms/normalize';
import { patchNegativeOptions } from '../../../src/transforms/patchNegative';
import { textureNegativeOptions } from '../../../src/transforms/textureNegative';
import { twoViewsOptions } from '../../../src/transforms/twoViews';
import type { Input, Subject } from '../subject';
import { fromSpecs, number, only, range, size } from '../values';
import { plain, tensor } from './inputs';

const seed = [0, 1, -7.5];
const count = [1, 2];
const probability = [0, 1, 0.5];
const strength = [0, 2];
const perChannel = [[0.5, 0.4, 0.3]];
const sizes = size(5, [6, 7]);

/** Any pair, as long as it ascends. */
const pairs = range({}, [-1, 1], [0, 255]);
const valueRange = {
  ...pairs,
  fits: (value: unknown) => pairs.fits(value) && (value as number[])[0] < (value as number[])[1],
};
const threeNumbers = (options: ReturnType<typeof range>) => ({
  ...options,
  fits: (value: unknown) => options.fits(value) && (value as number[]).length === 3,
});
const { mean, standardDeviation } = fromSpecs(normalizeOptions, {
  mean: perChannel,
  standardDeviation: perChannel,
  range: [],
});
const normalization = {
  mean: threeNumbers(mean),
  standardDeviation: threeNumbers(standardDeviation),
  range: valueRange,
};

const random = () => randomStream('robustness');

const shape = plain(
  [8, 9, 3],
  ...[null, undefined, 7, 'x', {}, [], [8, 9], [0, 9, 3], [8, -1, 3], [8, 0.5, 3], [8, '9', 3], [1, 2, 3, 4, 5]],
);
const stream = plain(random(), null, undefined, 0.5, {});
const sameShape = (result: tf.Tensor, { images }: { [name: string]: tf.Tensor }) =>
  expect(result.shape).toEqual(images.shape);

/** `sample` and `apply` of what a factory makes. */
function steps(name: string, make: () => object, imageShape: number[], badParams: object[]): Subject[] {
  const made = () => make() as ReturnType<typeof mocoV2Augmentation>;
  const good = made().sample(imageShape as unknown as [number, number, number], random());
  const params = [null, undefined, 3, 'x', [], {}, [good, good], ...badParams.map((bad) => ({ ...good, ...bad }))];
  return [
    {
      name: `${name}.sample`,
      inputs: { shape: { ...shape, make: () => imageShape }, random: stream },
      options: {},
      call: (x) => made().sample(x.shape, x.random),
    },
    {
      name: `${name}.apply`,
      inputs: { images: tensor(imageShape), params: plain(good, ...params) },
      options: {},
      call: (x) => made().apply(x.images, x.params),
      check: sameShape,
    },
  ];
}

const element = (shape: number[]): Input => tensor(shape);
const offsets = { offsets: [[Number.NaN, 0]] };

/** Three images of a source of ones. */
const images = {
  size: 3,
  get: () => ({ xs: tf.ones([4, 4, 3]), ys: tf.ones([1], 'int32') }),
};

export const transforms: Subject[] = [
  {
    name: 'normalize',
    inputs: { images: tensor([2, 4, 5, 3]) },
    options: normalization,
    call: (x, o) => normalize(x.images, o),
    check: sameShape,
  },
  {
    name: 'twoViews',
    inputs: { images: element([2, 8, 9, 3]) },
    options: {
      ...fromSpecs(twoViewsOptions, { size: [], range: [], augmentation: [mocoV2Augmentation()], seed }),
      ...{ size: sizes, range: valueRange },
    },
    call: (x, o) => twoViews(o)(x.images),
    check: ({ xs }: { xs: object }) => expect(Object.keys(xs)).toEqual(['query', 'key']),
  },
  {
    name: 'patchNegative',
    inputs: { images: element([2, 8, 9, 3]) },
    options: fromSpecs(patchNegativeOptions, {
      ...{ count, seed },
      patchRange: [
        [2, 3],
        [8, 8],
      ],
    }),
    call: (x, o) => patchNegative(o)(x.images),
  },
  {
    name: 'textureNegative',
    inputs: { images: element([1, 16, 17, 3]) },
    options: fromSpecs(textureNegativeOptions, {
      ...{ count, seed, exemplarSize: [8], quality: ['fast', 'high'] },
    }),
    required: ['quality'],
    call: (x, o) => textureNegative(o)(x.images),
  },
  {
    name: 'mocoV2Augmentation',
    inputs: { images: element([2, 8, 9, 3]) },
    options: {
      ...fromSpecs(mocoV2AugmentationOptions, {
        ...{ size: [], range: [], mean: [], standardDeviation: [] },
        ...{ scale: [[0.5, 1]], ratio: [[0.5, 2]], blurSigma: [[0, 1]], hue: [0, 0.5] },
        ...{ brightness: strength, contrast: strength, saturation: strength },
        ...{ jitterProbability: probability, grayscaleProbability: probability },
        ...{ blurProbability: probability, flipProbability: probability },
      }),
      ...{ size: sizes, ...normalization },
    },
    call: (x, o) => twoViews({ augmentation: mocoV2Augmentation(o) })(x.images),
  },
  {
    name: 'randomTransform',
    inputs: {
      sampleImage: plain(() => ({}), null, 3, {}),
      applyBatch: plain((x: tf.Tensor) => tf.clone(x), null, 3, {}),
    },
    options: {},
    call: (x) => Object.keys(randomTransform(x.sampleImage, x.applyBatch)),
  },
  ...steps(
    'mocoV2Augmentation',
    mocoV2Augmentation,
    [8, 9, 3],
    [
      { crop: { top: Number.NaN, left: 0, height: 1, width: 1 } },
      { crop: undefined },
      { blurSigma: Number.NaN },
      { blurSigma: Number.POSITIVE_INFINITY },
      { size: [0, 3] },
      { size: 'x' },
      { jitter: {} },
    ],
  ),
  ...steps(
    'patchNegative',
    patchNegative,
    [8, 9, 3],
    [offsets, { offsets: 3 }, { patchSize: 0 }, { patchSize: Number.NaN }, { grid: [1] }, { grid: [-1, -1] }],
  ),
  ...steps(
    'textureNegative',
    () => textureNegative({ quality: 'fast' }),
    [16, 17, 3],
    [offsets, { offsets: 3 }, { offsets: [] }, { exemplarSize: 3 }, { seed: 'x' }],
  ),
  {
    name: 'synthesizeTexture',
    inputs: { exemplars: tensor([1, 2, 8, 8, 3]) },
    options: {
      ...fromSpecs(synthesizeTextureOptions, { size: [], seed, streams: [], quality: ['fast', 'high'] }),
      ...{ size: size(9, [10, 11]), streams: only([random()]) },
    },
    required: ['size', 'quality'],
    call: (x, o) => synthesizeTexture(x.exemplars, o),
  },
  {
    name: 'contrastiveDataset',
    inputs: {
      source: plain(
        images,
        ...[null, undefined, 3, 'x', {}, [], { ...images, size: 0 }, { ...images, size: -1 }, { ...images, get: 3 }],
        ...[
          { ...images, size: Number.NaN },
          { ...images, size: 1.5 },
          { ...images, get: () => 3 },
        ],
        ...[
          { ...images, get: () => tf.ones([4, 4]) },
          { ...images, get: () => ({ xs: tf.ones([4, 4, 3]), ys: 'cat' }) },
          { ...images, get: () => undefined },
        ],
        tfd.array([1, 2, 3]),
      ),
    },
    options: {
      ...fromSpecs(contrastiveDatasetOptions, {
        ...{ seed, batchSize: [1, 2], smallLastBatch: [true, false], shuffle: [] },
        ...{ initialEpoch: [0, 2], initialBatch: [0, 1] },
      }),
      shuffle: {
        ...number({ min: 1, integer: true }, 2),
        fits: (v) => typeof v === 'boolean' || (typeof v === 'number' && v >= 1),
      },
    },
    call: async (x, o) => {
      const elements = await contrastiveDataset(x.source, o).toArray();
      return elements;
    },
  },
  {
    name: 'contrastiveDataset.tensor',
    inputs: { xs: tensor([3, 4, 5, 2]), ys: { ...plain(undefined, 3, 'x', {}, [0, 1, 2]), optional: true } },
    options: {},
    call: (x) => contrastiveDataset(x.ys === undefined ? x.xs : { xs: x.xs, ys: x.ys }, { batchSize: 2 }).toArray(),
    check: (batches: unknown[]) => expect(batches).toHaveLength(2),
  },
  {
    name: 'corrupt',
    inputs: { images: tensor([1, 16, 17, 3]) },
    options: fromSpecs(corruptOptions, { kind: [], severity: [], seed: [1], index: [2], scale: [] }),
    required: ['kind', 'severity'],
    call: (x, o) => corrupt(x.images, o),
    check: sameShape,
  },
];
