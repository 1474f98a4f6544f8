import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import * as evaluation from 'tfjs-nonsemantic-negatives/evaluation';
import { free } from '../robustness/values';
import { normalRows } from './support';

const { corrupt, corruptionReport, extractFeatures, knn, knnClassifier, linearClassifier, linearProbe } = evaluation;
const { alignment, embeddingStd, effectiveRank, recall, shapeBias, standardize, textureReliance, uniformity } =
  evaluation;

/** Rows of numbers with one label each, of which something is wrong or at its limit. */
interface Data {
  rows: number[][];
  labels: number[];
}

const rows = normalRows('degenerate', 6, 3).map((row, i) => row.map((value) => value + 4 * (i % 2)));
const labels = [0, 1, 0, 1, 0, 1];
const withValue = (value: number) => rows.map((row, i) => (i === 4 ? [row[0], value, row[2]] : row));

const cases = {
  good: { rows, labels },
  'all NaN': { rows: rows.map((row) => row.map(() => Number.NaN)), labels },
  'one NaN': { rows: withValue(Number.NaN), labels },
  infinite: { rows: withValue(Number.POSITIVE_INFINITY), labels },
  'minus infinite': { rows: withValue(Number.NEGATIVE_INFINITY), labels },
  'one class': { rows, labels: labels.map(() => 1) },
  'one row': { rows: rows.slice(0, 1), labels: [0] },
  empty: { rows: [], labels: [] },
  mismatched: { rows, labels: labels.slice(1) },
} satisfies Record<string, Data>;
type Case = keyof typeof cases;

const matrix = ({ rows }: Data) => tf.tensor2d(rows.flat(), [rows.length, 3]);
const features = (data: Data) => ({ features: matrix(data), labels: tf.tensor1d(data.labels, 'int32') });

/** Images in which each row is repeated over 16 x 16 pixels, squeezed into 0 … 1. */
const images = (data: Data) =>
  tf.tidy(() => {
    const [red, rest] = [tf.reshape(matrix(data), [data.rows.length, 1, 1, 3]), tf.ones([1, 16, 16, 1])];
    return tf.mul(tf.div(tf.add(red, 3), 12), rest) as tf.Tensor4D;
  });
const batch = (data: Data) => ({ xs: images(data), ys: tf.tensor1d(data.labels, 'int32') });

/** Images to their mean colors. */
function meanColor(): tfl.LayersModel {
  return tfl.sequential({ layers: [tfl.layers.globalAveragePooling2d({ inputShape: [16, 16, 3] })] });
}
const preprocess = (x: tf.Tensor4D) => x;

/** Calls `use` with values that are freed after it, also where it throws. */
async function using<T extends object, R>(values: T, use: (values: T) => R | Promise<R>): Promise<R> {
  try {
    return await use(values);
  } finally {
    free(Object.values(values));
  }
}

/** The subject of the refusal of NaN, and what else differs from a plain answer. */
interface Row {
  run(data: Data): unknown;
  /** Subject of the refusal of values that are not finite; undefined where the answer says it. */
  notFinite?: string;
  /** Subject of the refusal in the other cases; a case without one is answered. */
  refused: { [name in Case]?: string };
  /** Whether an answer is right. */
  check(answer: never, name: Case): void;
}

const isShare = (value: number) => expect(value >= 0 && value <= 1).toBe(true);
const isFiniteNumber = (value: number) =>
  expect(value).toEqual(expect.any(Number)) ?? expect(Number.isFinite(value)).toBe(true);
const input = 'input embeddings';

const table: { [name: string]: Row } = {
  alignment: {
    run: (data) =>
      using({ x: matrix(data), y: matrix({ ...data, rows: data.rows.slice(0, data.labels.length) }) }, ({ x, y }) =>
        alignment(x, y),
      ),
    notFinite: 'input x',
    refused: { empty: 'input x', mismatched: 'input y' },
    check: (value: number) => expect(value).toBeCloseTo(0, 5),
  },
  uniformity: {
    run: (data) => using({ x: matrix(data) }, ({ x }) => uniformity(x)),
    notFinite: input,
    refused: { empty: input, 'one row': input },
    check: isFiniteNumber,
  },
  effectiveRank: {
    run: (data) => using({ x: matrix(data) }, ({ x }) => effectiveRank(x)),
    notFinite: input,
    refused: { empty: input },
    check: (value: number, name) =>
      name === 'one row' ? expect(value).toBeCloseTo(1, 5) : expect(value > 1 && value <= 3).toBe(true),
  },
  embeddingStd: {
    run: (data) => using({ x: matrix(data) }, ({ x }) => embeddingStd(x)),
    // Read within a training, where NaN is the finding.
    refused: { empty: input },
    check: (value: number, name) => {
      if (name.includes('NaN') || name.includes('infinite')) expect(value).toBeNaN();
      else if (name === 'one row') expect(value).toBeCloseTo(0, 5);
      else expect(value > 0 && value <= 1 / Math.sqrt(3) + 1e-6).toBe(true);
    },
  },
  standardize: {
    run: (data) =>
      using({ x: matrix(data) }, async ({ x }) => {
        const standardized = standardize(x, { domains: data.labels });
        return using({ standardized }, async () => Array.from(await standardized.data()));
      }),
    // Stays on the device, so what is not finite is seen in the features.
    refused: { empty: 'input features', mismatched: 'option domains' },
    check: (values: number[], name) =>
      expect(values.every(Number.isFinite)).toBe(!(name.includes('NaN') || name.includes('infinite'))),
  },
  recall: {
    run: (data) =>
      using({ x: matrix({ ...data, rows: data.rows.slice(0, data.labels.length) }), y: matrix(data) }, ({ x, y }) =>
        recall(y, x),
      ),
    notFinite: 'input queries',
    refused: { empty: 'input queries', mismatched: 'option matches' },
    check: ({ at }: { at: Record<number, number> }) => expect(at[1]).toBe(1),
  },
  knn: {
    run: (data) => using({ x: features(data) }, ({ x }) => knn(x, x, { k: 1 })),
    notFinite: 'input queries.features',
    refused: { empty: 'input queries.features', mismatched: 'input queries.labels' },
    check: ({ top1 }: evaluation.KnnResult) => expect(top1).toBe(1),
  },
  linearProbe: {
    run: (data) =>
      using({ x: features(data) }, async ({ x }) => {
        const { classifier, ...scores } = await linearProbe({ train: x, test: x, epochs: 30, learningRates: [0.1, 1] });
        classifier.dispose();
        return scores;
      }),
    notFinite: 'input train.features',
    refused: {
      empty: 'input train.features',
      mismatched: 'input train.labels',
      ...{ 'one class': 'input train.labels', 'one row': 'input train.labels' },
    },
    check: ({ best }: evaluation.LinearProbeResult) => expect(best.accuracy).toBe(1),
  },
  extractFeatures: {
    run: (data) =>
      using({ model: meanColor(), x: batch(data) }, async ({ model, x }) => {
        const found = await extractFeatures(model, x);
        free(found);
        return found.features.shape[0];
      }),
    notFinite: 'the features of input encoder',
    refused: { empty: 'input source', mismatched: 'input ys' },
    check: (count: number, name) => expect(count).toBe(cases[name].rows.length),
  },
  knnClassifier: {
    run: (data) =>
      using({ model: meanColor(), bank: features(data), x: images(data) }, ({ model, bank, x }) =>
        knnClassifier(model, bank, { k: 1, preprocess })(x),
      ),
    notFinite: 'the features of input encoder',
    refused: { empty: 'input bank.features', mismatched: 'input bank.labels' },
    check: (predictions: number[], name) => expect(predictions).toHaveLength(cases[name].rows.length),
  },
  linearClassifier: {
    run: (data) =>
      using({ model: meanColor(), head: denseHead(), x: images(data) }, ({ model, head, x }) =>
        linearClassifier(model, head, { preprocess })(x),
      ),
    notFinite: 'the features of input encoder',
    refused: { empty: 'input source' },
    check: (predictions: number[], name) => expect(predictions).toHaveLength(cases[name].rows.length),
  },
  corruptionReport: {
    run: (data) =>
      using({ x: batch(data) }, ({ x }) =>
        corruptionReport(x, async (batch) => Array(batch.shape[0]).fill(1), { kinds: ['contrast'] }),
      ),
    notFinite: 'input source',
    refused: { empty: 'input source', mismatched: 'input ys' },
    check: ({ clean, mean }: evaluation.CorruptionReport) => [clean, mean].forEach(isShare),
  },
  textureReliance: {
    run: (data) =>
      using(
        { x: { xs: { image: images(data), negative_0: images(data) }, ys: tf.tensor1d(data.labels, 'int32') } },
        ({ x }) =>
          textureReliance(
            x,
            { one: async (batch) => Array(batch.shape[0]).fill(1) },
            { versions: { images: 'image', textures: 'negative_0' } },
          ),
      ),
    notFinite: 'input source',
    refused: { empty: 'input source', mismatched: 'input ys' },
    check: ({ overall }: evaluation.TextureRelianceResult) => isShare(overall.textures.one),
  },
  shapeBias: {
    run: ({ rows, labels }) =>
      shapeBias(
        rows.map(([, predicted], i) => ({
          shape: labels[i],
          texture: 2,
          predicted: Number.isFinite(predicted) ? 2 : predicted,
        })),
      ),
    notFinite: 'predicted',
    refused: { mismatched: 'input decisions[5].shape' },
    check: ({ shapeBias: share }: evaluation.ShapeBiasResult, name) =>
      expect(share).toBe(name === 'empty' ? Number.NaN : 0),
  },
  corrupt: {
    // Not checked: it would stall the device. What is not finite stays in its image.
    run: (data) =>
      using({ x: images(data) }, ({ x }) => {
        const corrupted = corrupt(x, { kind: 'contrast', severity: 1 });
        free(corrupted);
        return corrupted.shape;
      }),
    refused: { empty: 'input images' },
    check: (shape: number[], name) => expect(shape).toEqual([cases[name].rows.length, 16, 16, 3]),
  },
};

function denseHead(): tfl.LayersModel {
  return tfl.sequential({ layers: [tfl.layers.dense({ inputShape: [3], units: 2 })] });
}

const elsewhere = [
  ...['measureSimilarities', 'summarizeSimilarities', 'cueConflictClasses'],
  // Their inputs are pictures with masks: test/evaluation/reliance.
  ...[
    'backgroundMask',
    'boxMask',
    'cueConflicts',
    'cueImages',
    'edges',
    'measureReliance',
    'reliance',
    'shufflePatches',
  ],
];
test('every function of the entry has a row', () => {
  const functions = Object.entries(evaluation).flatMap(([name, value]) => (typeof value === 'function' ? [name] : []));
  expect(Object.keys(table).sort()).toEqual(functions.filter((name) => !elsewhere.includes(name)).sort());
});

const pairs = Object.keys(table).flatMap((name) => (Object.keys(cases) as Case[]).map((one) => [name, one] as const));

test.each(pairs)('%s of %s: a right answer or a refusal by name, and no leak', async (name, one) => {
  const { run, notFinite, refused, check } = table[name];
  const bad = /NaN|infinite/.test(one);
  const subject = (bad ? notFinite : undefined) ?? refused[one];
  const attempt = async () => {
    if (subject === undefined) check((await run(cases[one])) as never, one);
    else {
      const error = await Promise.resolve()
        .then(() => run(cases[one]))
        .then(
          () => 'an answer',
          (error) => error,
        );
      expect(error).toMatchObject({ name: 'ArgumentError', subject: expect.stringContaining(subject) });
    }
  };
  await attempt();
  const { numTensors } = tf.memory();
  await attempt();
  expect(tf.memory().numTensors).toBe(numTensors);
});

describe('a diverged training', () => {
  const nan = (model: tfl.LayersModel) => {
    tf.tidy(() => model.setWeights(model.getWeights().map((weight) => tf.fill(weight.shape, Number.NaN))));
    return model;
  };

  test('is never the best classifier of linearProbe', async () => {
    const x = features(cases.good);
    // From 1e38 on, a step leaves float32.
    const { best, results, classifier } = await linearProbe({
      ...{ train: x, test: x, epochs: 3, learningRates: [3e38, 0.1, 1e38] },
    });
    expect(best.learningRate).toBe(0.1);
    for (const diverged of [results[0], results[2]])
      expect(diverged).toMatchObject({ accuracy: NaN, balancedAccuracy: NaN, trainAccuracy: NaN, perClass: {} });
    free([x, classifier]);
  });

  test('is refused where no other classifier is left', async () => {
    const x = features(cases.good);
    const { numTensors } = tf.memory();
    await expect(linearProbe({ train: x, test: x, epochs: 3, learningRates: [3e38] })).rejects.toThrow(
      'Expected a rate at which training converges for option learningRates, received [3e+38]. Every classifier diverged',
    );
    expect(tf.memory().numTensors).toBe(numTensors);
    free(x);
  });

  test('is refused as an encoder and as a classifier', async () => {
    const encoder = tfl.sequential({
      layers: [tfl.layers.flatten({ inputShape: [16, 16, 3] }), tfl.layers.dense({ units: 3 })],
    });
    await using({ encoder: nan(encoder), x: batch(cases.good) }, ({ encoder, x }) =>
      expect(extractFeatures(encoder, x)).rejects.toThrow(
        'Expected finite numbers for the features of input encoder, received NaN in row 0. The encoder has diverged',
      ),
    );
    await using({ model: meanColor(), head: nan(denseHead()), x: images(cases.good) }, ({ model, head, x }) =>
      expect(linearClassifier(model, head, { preprocess })(x)).rejects.toThrow(
        'Expected finite numbers for the scores of input classifier, received NaN in row 0. The classifier has diverged.',
      ),
    );
  });

  test.each([[Number.NaN], [Number.POSITIVE_INFINITY], [0.5], [undefined]])(
    'gives no valid prediction: %p',
    async (said) => {
      const classify = async (batch: tf.Tensor) => Array(batch.shape[0]).fill(said);
      await using({ x: batch(cases.good) }, async ({ x }) => {
        await expect(corruptionReport(x, classify, { kinds: ['contrast'] })).rejects.toThrow(
          `Expected whole numbers for the predictions of input classify, received ${said} in row 0.`,
        );
        await expect(textureReliance(x, { one: classify }, { versions: { images: 'image' } })).rejects.toThrow(
          `Expected whole numbers for the predictions of classifier one, received ${said} in row 0.`,
        );
      });
    },
  );
});

describe('labels', () => {
  const wrong: [string, number[][], string][] = [
    ['NaN', [[0], [Number.NaN]], 'Expected whole numbers for input ys, received NaN in row 1.'],
    ['a fraction', [[0], [0.5]], 'Expected whole numbers for input ys, received 0.5 in row 1.'],
    [
      'a row of zeros',
      [
        [0, 1, 0],
        [0, 0, 0],
      ],
      'a single largest value for input ys, received 3 times 0 in row 1.',
    ],
    [
      'a tie',
      [
        [0, 1, 0],
        [0.5, 0, 0.5],
      ],
      'a single largest value for input ys, received 2 times 0.5 in row 1.',
    ],
    [
      'one-hot NaN',
      [
        [0, 1],
        [Number.NaN, 1],
      ],
      'for input ys, received',
    ],
    [
      'one-hot infinity',
      [
        [0, 1],
        [Number.POSITIVE_INFINITY, 1],
      ],
      'for input ys, received Infinity in row 1.',
    ],
  ];
  test.each(wrong)('are refused: %s', async (_, ys, message) => {
    const data = { rows: rows.slice(0, 2), labels: [] };
    await using({ model: meanColor(), xs: images(data), ys: tf.tensor2d(ys) }, async ({ model, xs, ys }) => {
      await expect(extractFeatures(model, { xs, ys })).rejects.toThrow(message);
      await expect(corruptionReport({ xs, ys }, async () => [0, 1])).rejects.toThrow(message);
    });
  });
});

test('corruptionReport refuses images outside 0 … 1, which it would clip', async () => {
  await using({ xs: tf.mul(images(cases.good), 255), ys: tf.tensor1d(labels, 'int32') }, ({ xs, ys }) =>
    expect(corruptionReport({ xs, ys } as evaluation.ImageBatches, async () => labels)).rejects.toThrow(
      /Expected raw images, float32 in 0 … 1 or int32 in 0 … 255 for input source, received values from .* to .*\./,
    ),
  );
});
