import * as tf from '@tensorflow/tfjs-core';
import * as tfd from '@tensorflow/tfjs-data';
import {
  contrastiveDataset,
  mocoV2Augmentation,
  normalize,
  patchNegative,
  randomStream,
  synthesizeTexture,
  textureNegative,
  twoViews,
} from 'tfjs-nonsemantic-negatives';
import { corrupt, corruptionKinds } from 'tfjs-nonsemantic-negatives/evaluation';
import { patchNegativeOptions } from '../../../src/transforms/patchNegative';
import type { Input, Subject } from '../subject';
import { boolean, choice, fromSpecs, list, number, only, range, size } from '../values';
import { plain, tensor } from './inputs';

const probability = number({ min: 0, max: 1 }, 0, 1, 0.5);
const seed = number({}, 0, 1, -7.5);
const mean = list(number({}), (n) => n === 3, [0.5, 0.4, 0.3]);
const standardDeviation = list(number({ above: 0 }), (n) => n === 3, [0.5, 0.4, 0.3]);
const random = () => randomStream('robustness');

const shape = plain(
  [8, 9, 3],
  ...[null, undefined, 7, 'x', {}, [], [8, 9], [0, 9, 3], [8, -1, 3], [8, 0.5, 3], [8, '9', 3], [1, 2, 3, 4, 5]],
);
const stream = plain(random(), null, undefined, 0.5, {});
const sameShape = (result: tf.Tensor, { images }: { [name: string]: tf.Tensor }) =>
  expect(result.shape).toEqual(images.shape);

/** `sample` and `apply` of what a factory makes. */
function halves(name: string, make: () => object, imageShape: number[], badDraws: object[]): Subject[] {
  const made = () => make() as ReturnType<typeof mocoV2Augmentation>;
  const good = made().sample(imageShape as unknown as [number, number, number], random());
  const draws = [null, undefined, 3, 'x', [], {}, [good, good], ...badDraws.map((bad) => ({ ...good, ...bad }))];
  return [
    {
      name: `${name}.sample`,
      inputs: { shape: { ...shape, make: () => imageShape }, random: stream },
      options: {},
      call: (x) => made().sample(x.shape, x.random),
    },
    {
      name: `${name}.apply`,
      inputs: { images: tensor(imageShape), parameters: plain(good, ...draws) },
      options: {},
      call: (x) => made().apply(x.images, x.parameters),
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
    options: { mean, standardDeviation },
    call: (x, o) => normalize(x.images, o),
    check: sameShape,
  },
  {
    name: 'twoViews',
    inputs: { images: element([2, 8, 9, 3]) },
    options: { size: size(5, [6, 7]), seed, augmentation: only(mocoV2Augmentation()) },
    call: (x, o) => twoViews(o)(x.images),
    check: ({ xs }: { xs: object }) => expect(Object.keys(xs)).toEqual(['query', 'key']),
  },
  {
    name: 'patchNegative',
    inputs: { images: element([2, 8, 9, 3]) },
    options: fromSpecs(patchNegativeOptions, {
      count: [1, 2],
      patchRange: [
        [2, 3],
        [8, 8],
      ],
      seed: [0, 1, -7.5],
    }),
    call: (x, o) => patchNegative(o)(x.images),
  },
  {
    name: 'textureNegative',
    inputs: { images: element([1, 16, 17, 3]) },
    options: {
      count: number({ min: 1, integer: true }, 1),
      seed,
      exemplarSize: number({ min: 8, integer: true }, 8),
      quality: choice('fast', 'high'),
    },
    required: ['quality'],
    call: (x, o) => textureNegative(o)(x.images),
  },
  {
    name: 'mocoV2Augmentation',
    inputs: { images: element([2, 8, 9, 3]) },
    options: {
      ...{ size: size(5, [6, 7]), scale: range({ above: 0, max: 1 }, [0.5, 1]), ratio: range({ above: 0 }, [0.5, 2]) },
      ...{ brightness: number({ min: 0 }, 0, 2), contrast: number({ min: 0 }, 0, 2) },
      ...{ saturation: number({ min: 0 }, 0, 2), hue: number({ min: 0, max: 0.5 }, 0, 0.5) },
      ...{ jitterProbability: probability, grayscaleProbability: probability, blurProbability: probability },
      ...{ flipProbability: probability, blurSigma: range({ min: 0 }, [0, 1]), mean, standardDeviation },
    },
    call: (x, o) => twoViews({ augmentation: mocoV2Augmentation(o) })(x.images),
  },
  ...halves(
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
  ...halves(
    'patchNegative',
    patchNegative,
    [8, 9, 3],
    [offsets, { offsets: 3 }, { patchSize: 0 }, { patchSize: Number.NaN }, { grid: [1] }, { grid: [-1, -1] }],
  ),
  ...halves(
    'textureNegative',
    () => textureNegative({ quality: 'fast' }),
    [16, 17, 3],
    [offsets, { offsets: 3 }, { offsets: [] }, { exemplarSize: 3 }, { seed: 'x' }],
  ),
  {
    name: 'synthesizeTexture',
    inputs: { exemplars: tensor([1, 2, 8, 8, 3]) },
    options: {
      size: size(9, [10, 11]),
      seed,
      streams: only([random()]),
      quality: choice('fast', 'high'),
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
          { ...images, get: () => ({ xs: tf.ones([4, 4, 3]), ys: 3 }) },
        ],
        tfd.array([1, 2, 3]),
      ),
    },
    options: {
      ...{ seed, batchSize: number({ min: 1, integer: true }, 1, 2), smallLastBatch: boolean },
      ...{ initialEpoch: number({ min: 0, integer: true }, 0, 2) },
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
    name: 'corrupt',
    inputs: { images: tensor([1, 16, 17, 3]) },
    options: {
      ...{ kind: choice(...corruptionKinds), severity: choice(1, 2, 3, 4, 5) },
      ...{
        seed: number({ integer: true }, 1),
        index: number({ min: 0, integer: true }, 2),
        scale: choice(32, 64, 224),
      },
    },
    required: ['kind', 'severity'],
    call: (x, o) => corrupt(x.images, o),
    check: sameShape,
  },
];
