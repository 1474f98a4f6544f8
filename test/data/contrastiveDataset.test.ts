import * as tf from '@tensorflow/tfjs-core';
import * as tfd from '@tensorflow/tfjs-data';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  ArgumentError,
  type ContrastiveDatasetArgs,
  type ContrastiveElement,
  contrastiveDataset,
  type ImageSource,
  memoryQueue,
  momentumEncoder,
  nonSemanticInfoNCE,
  patchNegative,
  sgd,
  twoViews,
} from 'tfjs-nonsemantic-negatives';
import { noise, single } from '../support/images';
import { bytesOf } from '../support/tensors';
import { tolerance } from '../support/tolerances';

const size = 11;
const makeImage = (index: number) => tf.tensor3d(noise(4, 4, 3, index));
/** Images whose label is their index. */
const source: ImageSource = { size, get: (index) => ({ xs: makeImage(index), ys: tf.scalar(index) }) };
const stream = (): tfd.Dataset<tf.TensorContainer> =>
  tfd.array(Array.from({ length: size }, (_, i) => i)).map((i) => source.get(i as number) as tf.TensorContainer);

/** Runs through one epoch, disposes it, and returns what `read` makes of each element. */
async function passOver<T>(
  dataset: tfd.Dataset<tf.TensorContainer>,
  read: (element: ContrastiveElement) => T,
): Promise<T[]> {
  const results: T[] = [];
  await dataset.forEachAsync((element) => {
    results.push(read(element as ContrastiveElement));
    tf.dispose(element);
  });
  return results;
}

const labelsOf = async (dataset: tfd.Dataset<tf.TensorContainer>) =>
  (await passOver(dataset, ({ ys }) => Array.from(ys.dataSync()))).flat();

/** The bytes that a view of each image has, by the image's index. */
async function viewsByIndex(dataset: tfd.Dataset<tf.TensorContainer>): Promise<Map<number, string>> {
  const views = new Map<number, string>();
  await passOver(dataset, ({ xs, ys }) =>
    ys.dataSync().forEach((label, n) => {
      tf.tidy(() => {
        const bytes = Object.values(xs).map((x) => bytesOf(x.rank === 3 ? x : single(x as tf.Tensor4D, n)));
        views.set(label, bytes.join());
      });
    }),
  );
  return new Map([...views].sort(([a], [b]) => a - b));
}

/** Expects the same views of each image: to the bit, but where the backend has a tolerance. */
function expectSameViews(views: Map<number, string>, expected: Map<number, string>) {
  const allowed = tolerance('views of an image in batches of other sizes');
  if (allowed === 0) return expect(views).toEqual(expected);
  expect([...views.keys()]).toEqual([...expected.keys()]);
  for (const [index, bytes] of views) {
    const [ours, theirs] = [bytes, expected.get(index)!].map(
      (text) => new Float32Array(Uint8Array.from(Buffer.from(text.replaceAll(',', ''), 'hex')).buffer),
    );
    expect(ours).toHaveLength(theirs.length);
    expect(Math.max(...ours.map((value, i) => Math.abs(value - theirs[i])))).toBeLessThanOrEqual(allowed);
  }
}

const inOrder = Array.from({ length: size }, (_, i) => i);
const sorted = (labels: number[]) => [...labels].sort((a, b) => a - b);

describe('the order', () => {
  test('visits each image once an epoch, and every epoch in another order', async () => {
    const dataset = contrastiveDataset(source);
    const orders = [await labelsOf(dataset), await labelsOf(dataset), await labelsOf(dataset)];
    for (const order of orders) expect(sorted(order)).toEqual(inOrder);
    expect(new Set(orders.map(String)).size).toBe(3);
  });

  test('is a function of seed and epoch, whatever the batch size, the prefetch or the images’ speed', async () => {
    const slow: ImageSource = {
      size,
      get: async (index) => {
        await new Promise((resolve) => setTimeout(resolve, (7 * index) % 5));
        return source.get(index);
      },
    };
    const args = { seed: 5, initialEpoch: 2 };
    const expected = await labelsOf(contrastiveDataset(source, args));
    for (const batchSize of [undefined, 1, 2, 4, 20]) {
      expect(await labelsOf(contrastiveDataset(slow, { ...args, batchSize }))).toEqual(expected);
      expect(await labelsOf(contrastiveDataset(slow, { ...args, batchSize }).prefetch(3))).toEqual(expected);
    }
    expect(await labelsOf(contrastiveDataset(source, { ...args, seed: 6 }))).not.toEqual(expected);
  });

  test('continues at initialEpoch as a longer run does', async () => {
    const dataset = contrastiveDataset(source, { batchSize: 4 });
    const orders = [await labelsOf(dataset), await labelsOf(dataset), await labelsOf(dataset)];
    for (const initialEpoch of [0, 1, 2])
      expect(await labelsOf(contrastiveDataset(source, { initialEpoch }))).toEqual(orders[initialEpoch]);
  });

  test('ignores an iterator that nobody reads', async () => {
    const dataset = contrastiveDataset(source);
    await dataset.iterator();
    expect(dataset.epoch).toBe(0);
    expect(await labelsOf(dataset)).toEqual(await labelsOf(contrastiveDataset(source)));
    expect(dataset.epoch).toBe(1);
  });

  test('is the source’s without shuffling', async () => {
    expect(await labelsOf(contrastiveDataset(source, { shuffle: false }))).toEqual(inOrder);
  });
});

describe('the draws', () => {
  const transform = (dataset: tfd.Dataset<tf.TensorContainer>) =>
    dataset
      .map(patchNegative({ patchRange: [1, 2] }))
      .map(twoViews())
      .map(patchNegative({ patchRange: [1, 2] }));

  test.each<[string, (args: ContrastiveDatasetArgs) => tfd.Dataset<tf.TensorContainer>]>([
    ['batches of 4', (args) => transform(contrastiveDataset(source, { ...args, batchSize: 4 }))],
    ['batches of 4 by .batch', (args) => transform(contrastiveDataset(source, args).batch(4))],
    ['tf.data’s batches, after the views', (args) => transform(contrastiveDataset(source, args)).batch(3)],
    ['a prefetch', (args) => transform(contrastiveDataset(source, { ...args, batchSize: 2 }).prefetch(2)).prefetch(2)],
    ['no shuffling', (args) => transform(contrastiveDataset(source, { ...args, batchSize: 5, shuffle: false }))],
    ['a stream', (args) => transform(contrastiveDataset(stream(), { ...args, batchSize: 4, shuffle: 3 }))],
    ['an earlier epoch before it', (args) => transform(contrastiveDataset(source, args))],
  ])('of an image are functions of seed, epoch and index: with %s', async (_, make) => {
    for (const initialEpoch of [0, 3]) {
      const args = { seed: 9, initialEpoch };
      const expected = await viewsByIndex(transform(contrastiveDataset(source, args)));
      expect([...expected.keys()]).toEqual(inOrder);
      expectSameViews(await viewsByIndex(make(args)), expected);
    }
  });

  test('of the second epoch are those of initialEpoch 1', async () => {
    const dataset = transform(contrastiveDataset(source, { batchSize: 3 }));
    await viewsByIndex(dataset);
    expectSameViews(
      await viewsByIndex(dataset),
      await viewsByIndex(transform(contrastiveDataset(source, { initialEpoch: 1 }))),
    );
  });

  test('differ from epoch to epoch, from seed to seed and from image to image', async () => {
    const same: ImageSource = { size, get: (index) => ({ xs: makeImage(0), ys: tf.scalar(index) }) };
    const views = async (args: ContrastiveDatasetArgs, seed?: number) => [
      ...(await viewsByIndex(contrastiveDataset(same, args).map(twoViews({ seed })))).values(),
    ];
    const all = [await views({}), await views({ initialEpoch: 1 }), await views({ seed: 1 }), await views({}, 1)];
    expect(new Set(all.flat()).size).toBe(4 * size);
  });
});

describe('elements', () => {
  const shapes = async (dataset: tfd.Dataset<tf.TensorContainer>) =>
    passOver(dataset, ({ xs, ys }) => [(xs as unknown as tf.Tensor).shape, ys.shape]);

  test('are single images without a batch size, and missing labels are zeros', async () => {
    const bare: ImageSource = { size: 2, get: makeImage };
    expect(await shapes(contrastiveDataset(bare))).toEqual([
      [[4, 4, 3], [1]],
      [[4, 4, 3], [1]],
    ]);
    expect(await shapes(contrastiveDataset(bare, { batchSize: 2 }))).toEqual([
      [
        [2, 4, 4, 3],
        [2, 1],
      ],
    ]);
    expect(await shapes(contrastiveDataset(source, { batchSize: 20 }))).toEqual([[[size, 4, 4, 3], [size]]]);
  });

  test('keep the images’ bytes and type', async () => {
    const integers: ImageSource = { size: 2, get: () => tf.tensor3d([[[1, 2, 255]]], undefined, 'int32') };
    const [{ dtype, values }] = await passOver(contrastiveDataset(integers, { batchSize: 2 }), ({ xs }) => ({
      dtype: (xs as unknown as tf.Tensor).dtype,
      values: Array.from((xs as unknown as tf.Tensor).dataSync()),
    }));
    expect({ dtype, values }).toEqual({ dtype: 'int32', values: [1, 2, 255, 1, 2, 255] });
  });

  test.each([
    { batchSize: 4, smallLastBatch: undefined, batches: [4, 4, 3] },
    { batchSize: 4, smallLastBatch: true, batches: [4, 4, 3] },
    { batchSize: 4, smallLastBatch: false, batches: [4, 4] },
    { batchSize: 11, smallLastBatch: false, batches: [11] },
  ])('$batchSize a batch, small last batch $smallLastBatch: batches of $batches', async ({ batches, ...args }) => {
    const before = tf.memory().numTensors;
    for (const dataset of [
      contrastiveDataset(source, args),
      contrastiveDataset(source).batch(args.batchSize, args.smallLastBatch),
      contrastiveDataset(stream(), args),
    ]) {
      expect(dataset.size).toBe(batches.length);
      expect(await passOver(dataset, ({ ys }) => ys.size)).toEqual(batches);
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  test('are read side by side, a batch at a time', async () => {
    let [running, maxRunning] = [0, 0];
    const counting: ImageSource = {
      size,
      get: async (index) => {
        maxRunning = Math.max(maxRunning, ++running);
        await new Promise((resolve) => setTimeout(resolve, 1));
        running--;
        return source.get(index);
      },
    };
    await labelsOf(contrastiveDataset(counting, { batchSize: 4 }));
    expect(maxRunning).toBe(4);
  });
});

describe('a stream', () => {
  test('is shuffled within a buffer: no element comes out more than its length early', async () => {
    const order = await labelsOf(contrastiveDataset(stream(), { shuffle: 4 }));
    expect(sorted(order)).toEqual(inOrder);
    expect(order).not.toEqual(inOrder);
    order.forEach((index, place) => {
      expect(index).toBeLessThan(place + 4);
    });
  });

  test('is shuffled completely if the buffer holds it, each order equally likely', async () => {
    const counts = new Map<string, number>();
    const three = tfd.array([0, 1, 2]).map((i) => ({ xs: tf.zeros([1, 1, 3]), ys: tf.scalar(i as number) }));
    const dataset = contrastiveDataset(three as tfd.Dataset<tf.TensorContainer>);
    for (let epoch = 0; epoch < 300; epoch++) {
      const order = String(await labelsOf(dataset));
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 50)).toBeLessThan(5 * Math.sqrt(50));
  });

  test('is in order with shuffle false, and with a buffer of one', async () => {
    for (const shuffle of [false, 1])
      expect(await labelsOf(contrastiveDataset(stream(), { shuffle }))).toEqual(inOrder);
  });

  test('has an order that is a function of seed and epoch', async () => {
    const order = (args: ContrastiveDatasetArgs) => labelsOf(contrastiveDataset(stream(), { shuffle: 4, ...args }));
    expect(await order({ batchSize: 3 })).toEqual(await order({}));
    expect(await order({ initialEpoch: 1 })).not.toEqual(await order({}));
    expect(await order({ seed: 1 })).not.toEqual(await order({}));
  });
});

describe('images that cannot be read', () => {
  const skipping: ImageSource = { size, get: (index) => (index % 3 === 0 ? undefined : source.get(index)) };

  test('are skipped where get gives undefined, and change neither the others’ draws nor the batch size', async () => {
    const before = tf.memory().numTensors;
    const dataset = contrastiveDataset(skipping, { batchSize: 3 });
    expect(await passOver(dataset, ({ ys }) => ys.size)).toEqual([3, 3, 1]);
    const views = await viewsByIndex(contrastiveDataset(skipping, { batchSize: 3 }).map(twoViews()));
    const all = await viewsByIndex(contrastiveDataset(source).map(twoViews()));
    expect([...views.keys()]).toEqual([1, 2, 4, 5, 7, 8, 10]);
    expectSameViews(views, new Map([...all].filter(([index]) => views.has(index))));
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each([undefined, 1, 3, 20])(
    'end the pass with the source’s own error and leave nothing, in batches of %s',
    async (batchSize) => {
      for (const bad of inOrder) {
        const failing: ImageSource = {
          size,
          get: async (index) => {
            if (index === bad) throw new Error(`broken/${index}.png`);
            return skipping.get(index);
          },
        };
        const before = tf.memory().numTensors;
        await expect(labelsOf(contrastiveDataset(failing, { batchSize }))).rejects.toThrow(`broken/${bad}.png`);
        expect(tf.memory().numTensors).toBe(before);
      }
    },
  );

  test('end a stream with images in its buffer in the same way', async () => {
    const failing = tfd.array(inOrder).map((i) => {
      if (i === 7) throw new Error('broken stream');
      return source.get(i as number) as tf.TensorContainer;
    });
    const before = tf.memory().numTensors;
    await expect(labelsOf(contrastiveDataset(failing, { batchSize: 3, shuffle: 4 }))).rejects.toThrow('broken stream');
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('images that do not fit', () => {
  const failure = async (get: ImageSource['get'], args: ContrastiveDatasetArgs, message: string) => {
    const before = tf.memory().numTensors;
    const pass = labelsOf(contrastiveDataset({ size: 6, get }, { shuffle: false, ...args }));
    await expect(pass).rejects.toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  };

  test('into one batch are an error that says both shapes, and leave nothing', async () => {
    const get = (index: number) => tf.zeros<tf.Rank.R3>([4, index < 3 ? 4 : 5, 3]);
    await failure(
      get,
      { batchSize: 2 },
      'Expected one shape and type in a batch, a float32 tensor of shape [4, 4, 3] for the images of contrastiveDataset(), received a float32 tensor of shape [4, 5, 3].',
    );
  });

  test('of two types', async () => {
    const get = (index: number) => tf.zeros<tf.Rank.R3>([4, 4, 3], index < 3 ? 'float32' : 'int32');
    await failure(get, { batchSize: 6 }, 'received an int32 tensor of shape [4, 4, 3].');
  });

  test('labels of two shapes', async () => {
    const get = (index: number) => ({ xs: makeImage(0), ys: tf.zeros([1 + (index % 2)]) });
    await failure(
      get,
      { batchSize: 6 },
      'Expected one shape and type in a batch, a float32 tensor of shape [1] for the labels of contrastiveDataset(), received a float32 tensor of shape [2].',
    );
  });

  test('no images at all', async () => {
    const get = () => tf.zeros([4, 4]) as unknown as tf.Tensor3D;
    await failure(
      get,
      {},
      'Expected tensors of shape [H, W, C] for the images of contrastiveDataset(), received a float32 tensor of shape [4, 4].',
    );
  });
});

test('fitDataset over several epochs leaves no tensor', async () => {
  const input = () => tfl.input({ shape: [4, 4, 3] });
  const x = input();
  const dense = tfl.layers.dense({ units: 4 }).apply(tfl.layers.flatten().apply(x)) as tfl.SymbolicTensor;
  const inputs = ['query', 'key', 'negative_0'].map((name) => tfl.input({ name, shape: [4, 4, 3] }));
  const embeddings = momentumEncoder({ encoder: tfl.model({ inputs: x, outputs: dense }) }).apply(inputs);
  const outputs = memoryQueue({ size: 8 }).apply(embeddings as tfl.SymbolicTensor) as tfl.SymbolicTensor;
  const model = tfl.model({ inputs, outputs });
  model.compile({ optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }), loss: nonSemanticInfoNCE() });
  const dataset = contrastiveDataset(source, { batchSize: 4 })
    .map(twoViews())
    .map(patchNegative({ patchRange: [1, 2] }));
  const fit = (epochs: number) => model.fitDataset(dataset, { epochs, verbose: 0 });
  await fit(1);
  const before = tf.memory().numTensors;
  await fit(3);
  expect(tf.memory().numTensors).toBe(before);
});

describe('errors', () => {
  test.each([
    [{ seed: 'a' }, 'Expected a number for option seed, received "a".'],
    [{ shuffle: 0 }, 'Expected an integer of at least 1 for option shuffle, received 0.'],
    [{ shuffle: 'yes' }, 'Expected one of true, false for option shuffle, received "yes".'],
    [{ batchSize: 0 }, 'Expected an integer of at least 1 for option batchSize, received 0.'],
    [{ smallLastBatch: 1 }, 'Expected one of true, false for option smallLastBatch, received 1.'],
    [{ initialEpoch: -1 }, 'Expected an integer of at least 0 for option initialEpoch, received -1.'],
    [{ batch: 3 }, 'for the options of contrastiveDataset(), received "batch".'],
  ])('%j', (args, message) => {
    expect(() => contrastiveDataset(source, args as ContrastiveDatasetArgs)).toThrow(ArgumentError);
    expect(() => contrastiveDataset(source, args as ContrastiveDatasetArgs)).toThrow(message);
  });

  test.each([
    [{ size: 0, get: makeImage }, '{"size":0}'],
    [{ size: 3 }, '{"size":3}'],
    [[1, 2], '[1, 2]'],
    [undefined, 'undefined'],
  ])('the source %j', (bad, received) => {
    expect(() => contrastiveDataset(bad as unknown as ImageSource)).toThrow(
      `Expected images: { size, get(index) }, a tensor [N, H, W, C], { xs, ys } or a tf.data.Dataset for the source of contrastiveDataset(), received ${received}.`,
    );
  });
});
