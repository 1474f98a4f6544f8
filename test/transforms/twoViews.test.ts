import * as tf from '@tensorflow/tfjs-core';
import * as tfd from '@tensorflow/tfjs-data';
import {
  ArgumentError,
  type ContrastiveElement,
  mocoV2Augmentation,
  patchNegative,
  type RandomTransform,
  randomTransform,
  type Transform,
  type TwoViewsArgs,
  twoViews,
  type ViewParams,
} from 'tfjs-nonsemantic-negatives';
import { byteNoise, noise, noiseBatch, single } from '../support/images';
import { bytesOf, countKernels, leakOf } from '../support/tensors';

const bytesOfEach = (tensors: { [name: string]: tf.Tensor }) =>
  Object.fromEntries(Object.entries(tensors).map(([name, x]) => [name, `${x.shape} ${bytesOf(x)}`]));

/** An augmentation that remembers what it sampled. */
function recording(base = mocoV2Augmentation()): RandomTransform<ViewParams> & { sampled: ViewParams[] } {
  const sampled: ViewParams[] = [];
  const transform = randomTransform<ViewParams>(
    (shape, random) => {
      sampled.push(base.sample(shape, random));
      return sampled[sampled.length - 1];
    },
    (images, params) => base.apply(images, params),
  );
  return { sampled, ...transform };
}

describe('elements', () => {
  test('an image alone may have any name', () => {
    const image = tf.tensor3d(noise(6, 7));
    const { xs } = patchNegative()(twoViews()({ xs: { conv2d_input: image }, ys: tf.zeros([1]) }));
    expect(bytesOfEach(xs)).toEqual(bytesOfEach(patchNegative()(twoViews()(image)).xs));
  });

  test('a bare image becomes two views and a zero', () => {
    const { xs, ys } = twoViews()(tf.tensor3d(noise(6, 7)));
    expect(Object.keys(xs)).toEqual(['query', 'key']);
    expect([xs.query.shape, xs.key.shape, ys.shape]).toEqual([[6, 7, 3], [6, 7, 3], [1]]);
    expect(ys.arraySync()).toEqual([0]);
    expect([xs.query.dtype, ys.dtype]).toEqual(['float32', 'float32']);
  });

  test('a bare batch becomes two batches and zeros', () => {
    const { xs, ys } = twoViews({ size: [4, 5] })(noiseBatch(3, 6, 7));
    expect([xs.query.shape, xs.key.shape]).toEqual([
      [3, 4, 5, 3],
      [3, 4, 5, 3],
    ]);
    expect(ys.arraySync()).toEqual([[0], [0], [0]]);
  });

  test.each([
    ['{ xs: image, ys }', (image: tf.Tensor) => image],
    ['{ xs: { image }, ys }', (image: tf.Tensor) => ({ image })],
  ])('%s gives the views of the bare image, and the label passes through', (_, wrap) => {
    const images = noiseBatch(2, 5, 5);
    const labels = tf.tensor2d([
      [0, 1],
      [1, 0],
    ]);
    const { xs, ys } = twoViews()({ xs: wrap(images), ys: labels });
    expect(ys).toBe(labels);
    expect(bytesOfEach(xs)).toEqual(bytesOfEach(twoViews()(images).xs));
  });

  test('query and key are drawn independently', () => {
    const { xs } = twoViews()(noiseBatch(2, 8, 8));
    expect(bytesOf(xs.query)).not.toBe(bytesOf(xs.key));
  });

  test('int32 0 … 255 gives the bytes of float32 0 … 1', () => {
    const bytes = byteNoise(6, 6);
    const run = (image: tf.Tensor) => bytesOfEach(patchNegative()(twoViews()(image)).xs);
    expect(run(tf.tensor3d(bytes, undefined, 'int32'))).toEqual(run(tf.div(tf.tensor3d(bytes), 255)));
  });
});

describe('draws without a seeded dataset', () => {
  test('count the images that have gone through, so a batch is its images one by one', () => {
    const images = noiseBatch(5, 6, 6);
    const transforms = () => {
      const views = twoViews({ seed: 3 });
      const patches = patchNegative({ seed: 4 });
      return (element: tf.TensorContainer) => patches(views(element));
    };
    const together = transforms()(images).xs;
    const each = transforms();
    for (let n = 0; n < 5; n++) {
      const alone = each(single(images, n)).xs;
      for (const [name, view] of Object.entries(together))
        expect(bytesOf(single(view as tf.Tensor4D, n))).toBe(bytesOf(alone[name]));
    }
  });

  test('are functions of the seed', () => {
    const image = tf.tensor3d(noise(6, 6));
    const query = (seed: number) => bytesOf(twoViews({ seed })(image).xs.query);
    expect(query(1)).toBe(query(1));
    expect(query(1)).not.toBe(query(2));
  });

  test.each([1, 2, 3, 5])('are the same before and after a batch of %d', async (batchSize) => {
    const images = Array.from({ length: 5 }, (_, n) => noise(6, 5, 3, n));
    const source = () => tfd.array(images).map((image) => tf.tensor3d(image as number[][][]));
    const chain = (dataset: tfd.Dataset<tf.TensorContainer>) => dataset.map(twoViews({ seed: 1 })).map(patchNegative());
    const before = await chain(source()).batch(batchSize).toArray();
    const after = await chain(source().batch(batchSize)).toArray();
    expect(after.length).toBe(Math.ceil(5 / batchSize));
    const bytes = (elements: tf.TensorContainer[]) =>
      (elements as ContrastiveElement[]).map(({ xs }) => bytesOfEach(xs));
    expect(bytes(after)).toEqual(bytes(before));
    tf.dispose([before, after]);
  });
});

describe('negatives made before the views', () => {
  test('get the query’s draw and not the key’s', () => {
    const images = noiseBatch(3, 8, 7);
    const { xs } = twoViews()({ xs: { image: images, negative_0: tf.clone(images) }, ys: tf.zeros([3]) });
    expect(bytesOf(xs.negative_0)).toBe(bytesOf(xs.query));
  });

  test.each([
    [6, 6],
    [20, 11],
  ])('get it even if the texture is %i by %i pixels and the image 8 by 7', (height, width) => {
    const augmentation = recording();
    const texture = noiseBatch(2, height, width);
    const { xs } = twoViews({ augmentation })({
      xs: { image: noiseBatch(2, 8, 7), negative_0: texture },
      ys: tf.zeros([2]),
    });
    // The four params are query, query, key, key. The texture's view has the texture's size, as nothing else was asked for.
    expect(augmentation.sampled).toHaveLength(4);
    const expected = mocoV2Augmentation().apply(texture, augmentation.sampled.slice(0, 2));
    expect(bytesOf(xs.negative_0)).toBe(bytesOf(expected));
  });

  test('come out at the size of the views', () => {
    const element = { xs: { image: noiseBatch(2, 8, 7), negative_0: noiseBatch(2, 20, 20) }, ys: tf.zeros([2]) };
    expect(twoViews()(element).xs.negative_0.shape).toEqual([2, 8, 7, 3]);
    expect(twoViews({ size: 4 })(element).xs.negative_0.shape).toEqual([2, 4, 4, 3]);
  });
});

describe('all orders and numbers of negatives', () => {
  const counts = [[], [1], [2], [1, 1]];
  const cases = counts.flatMap((before) => counts.map((after) => ({ before, after })));

  test.each(cases)('$before before and $after after the views', ({ before, after }) => {
    const steps: Transform[] = [
      ...before.map((count) => patchNegative({ count })),
      twoViews(),
      ...after.map((count) => patchNegative({ count })),
    ];
    const images = noiseBatch(2, 9, 9);
    const { xs, ys } = steps.reduce<tf.TensorContainer>((x, step) => step(x), images) as ContrastiveElement;
    const total = [...before, ...after].reduce((sum, n) => sum + n, 0);
    const names = Array.from({ length: total }, (_, m) => `negative_${m}`);
    expect(Object.keys(xs).sort()).toEqual([...names, 'query', 'key'].sort());
    expect(ys.shape).toEqual([2, 1]);
    for (const x of Object.values(xs)) expect(x.shape).toEqual([2, 9, 9, 3]);
    expect(new Set(Object.values(xs).map(bytesOf)).size).toBe(total + 2);
  });

  test('a negative made before the views holds the image’s pixels, one made after it the query’s', () => {
    const images = noiseBatch(1, 9, 9);
    const pixels = (x: tf.Tensor) => new Set(x.dataSync());
    const early = patchNegative()(images).xs;
    expect(Object.keys(early)).toEqual(['image', 'negative_0']);
    for (const value of pixels(early.negative_0)) expect(pixels(images)).toContain(value);
    const late = patchNegative()(twoViews()(images)).xs;
    const query = pixels(late.query);
    for (const value of pixels(late.negative_0)) expect(query).toContain(value);
  });

  test('each of several negatives has its own draw', () => {
    const { xs } = patchNegative({ count: 3 })(noiseBatch(1, 16, 16));
    expect(new Set(['negative_0', 'negative_1', 'negative_2'].map((name) => bytesOf(xs[name]))).size).toBe(3);
  });
});

describe('memory and kernels', () => {
  const chain = () => {
    const steps = [patchNegative(), twoViews(), patchNegative({ count: 2 })];
    return (x: tf.TensorContainer) => steps.reduce<tf.TensorContainer>((y, step) => tf.tidy(() => step(y)), x);
  };

  test('the number of kernels is the same for any batch', () => {
    const kernels = (count: number) => {
      const images = noiseBatch(count, 8, 8);
      return countKernels(() => chain()(images));
    };
    expect(kernels(7)).toBe(kernels(2));
  });

  test('a transform disposes no input of the user and leaves nothing but its result', () => {
    const element = { xs: { image: noiseBatch(2, 6, 6), negative_0: noiseBatch(2, 6, 6) }, ys: tf.zeros([2, 1]) };
    const views = twoViews();
    expect(leakOf(() => tf.dispose(views(element).xs))).toBe(0);
    for (const x of [element.xs.image, element.xs.negative_0, element.ys]) expect(x.isDisposed).toBe(false);
  });

  test('a dataset of images leaves nothing, bare or labeled, single or batched', async () => {
    const images = Array.from({ length: 4 }, (_, n) => noise(6, 6, 3, n));
    const bare = () => tfd.array(images).map((image) => tf.tensor3d(image as number[][][]) as tf.TensorContainer);
    const labeled = () => bare().map((xs) => ({ xs, ys: tf.scalar(1) }) as tf.TensorContainer);
    for (const source of [bare, labeled])
      for (const batched of [
        (x: tfd.Dataset<tf.TensorContainer>) => x,
        (x: tfd.Dataset<tf.TensorContainer>) => x.batch(3),
      ]) {
        const before = tf.memory().numTensors;
        await batched(source())
          .map(patchNegative())
          .map(twoViews())
          .map(patchNegative())
          .forEachAsync((element) => {
            tf.dispose(element);
          });
        expect(tf.memory().numTensors).toBe(before);
      }
  });

  test('a failing transform leaves nothing', () => {
    const image = noiseBatch(1, 6, 6, 4);
    const augmentation = mocoV2Augmentation({ mean: [0, 0, 0] });
    expect(leakOf(() => expect(() => twoViews({ augmentation })(image)).toThrow(ArgumentError))).toBe(0);
  });
});

describe('labels', () => {
  test.each([
    ['a number', 3],
    ['a list', [0, 1, 0]],
  ])('%s before .batch becomes the label that tf.data makes of it', async (_, label) => {
    const source = tfd.array([0, 1]).map((n) => ({ xs: tf.tensor3d(noise(5, 5, 3, n as number)), ys: label }));
    const [element] = await source.map(twoViews()).map(patchNegative()).batch(2).toArray();
    const { ys } = element as ContrastiveElement;
    expect(ys.arraySync()).toEqual([label, label]);
    tf.dispose(element);
  });
});

describe('errors', () => {
  test.each([
    [{ seed: Number.NaN }, 'Expected a number for option seed, received NaN.'],
    [{ size: -1 }, 'Expected an integer of at least 1 for option size, received -1.'],
    [{ flip: true }, 'for the options of twoViews(), received "flip".'],
    [{ augmentation: {} }, 'Expected an object with sample() and apply() for option augmentation, received {}.'],
    [
      { augmentation: mocoV2Augmentation(), size: 8 },
      'Expected no value for option size, received [8, 8]. The augmentation has its own size.',
    ],
  ])('%j', (args, message) => {
    expect(() => twoViews(args as TwoViewsArgs)).toThrow(ArgumentError);
    expect(() => twoViews(args as TwoViewsArgs)).toThrow(message);
  });

  test.each([
    [
      () => tf.zeros([4, 4]),
      'Expected images of shape [H, W, C] or [N, H, W, C] for the input of twoViews(), received a float32 tensor of shape [4, 4].',
    ],
    [() => tf.zeros([0, 4, 4, 3]), 'received a float32 tensor of shape [0, 4, 4, 3].'],
    [
      () => tf.zeros([4, 4, 3], 'bool'),
      'Expected images of type float32 or int32 for the input of twoViews(), received a bool tensor of shape [4, 4, 3].',
    ],
    [
      () => 3,
      'Expected an image tensor, or {xs, ys} with image tensors in xs for the input of twoViews(), received 3.',
    ],
    [() => ({ ys: tf.zeros([1]) }), 'received {"ys":"a float32 tensor of shape [1]"}.'],
    [
      () => ({ xs: tf.zeros([4, 4, 3]), ys: 'cat' }),
      'Expected a tensor, a number or an array of numbers for the labels of twoViews(), received "cat".',
    ],
    [
      () => ({ xs: { image: tf.zeros([2, 4, 4, 3]), negative_0: tf.zeros([3, 4, 4, 3]) } }),
      'Expected 2 images in each entry of xs for the input of twoViews(), received a float32 tensor of shape [3, 4, 4, 3].',
    ],
    [
      () => ({ xs: { query: tf.zeros([2, 4, 4, 3]) } }),
      'Expected xs with an image for the input of twoViews(), received xs with query.',
    ],
  ])('the element %#', (element, message) => {
    expect(() => twoViews()(element() as tf.TensorContainer)).toThrow(ArgumentError);
    expect(() => twoViews()(element() as tf.TensorContainer)).toThrow(message);
  });

  test('refuses views twice, and patches of neither image nor query', () => {
    const views = twoViews()(tf.tensor3d(noise(5, 5)));
    expect(() => twoViews()(views)).toThrow('Expected xs with an image for the input of twoViews()');
    expect(() => patchNegative()({ xs: { key: views.xs.key } })).toThrow(
      'Expected xs with an image or a query for the input of patchNegative(), received xs with key.',
    );
  });
});
