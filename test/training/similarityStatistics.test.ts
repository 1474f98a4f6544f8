import * as tf from '@tensorflow/tfjs-core';
import * as tfd from '@tensorflow/tfjs-data';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  contrastiveSimilarities,
  keySimilarity,
  l2Normalize,
  measureSimilarities,
  negativeSimilarity,
  nonSemanticByol,
  nonSemanticInfoNCE,
  queueSimilarity,
  type SimilarityStatisticsArgs,
  type SimilaritySummary,
  sgd,
  similarityStatistics,
  summarizeSimilarities,
} from 'tfjs-nonsemantic-negatives';
import { batches, byolModel } from '../layers/byolSupport';
import { contrastive, inputsOf, mlp } from '../layers/support';
import { bytesOf, waves } from '../support/tensors';

const rows = (count: number, phase: number) => l2Normalize(tf.tensor2d(waves(count * 3, 1, phase), [count, 3]));
const row = ({ rows }: SimilaritySummary, kind: string) => rows.find((one) => one.kind === kind);

function expectClose(statistics: SimilaritySummary, kind: string, values: number[]): void {
  const sorted = [...values].sort((a, b) => a - b);
  const mean = sorted.reduce((sum, v) => sum + v, 0) / sorted.length;
  const variance = sorted.reduce((sum, v) => sum + (v - mean) ** 2, 0) / sorted.length;
  const own = row(statistics, kind);
  expect(own?.count).toBe(values.length);
  expect(own?.mean).toBeCloseTo(mean, 5);
  expect(own?.standardDeviation).toBeCloseTo(Math.sqrt(variance), 5);
  const middle = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  expect(own?.median).toBeCloseTo((middle[0] + middle[1]) / 2, 5);
}

describe('summarizeSimilarities', () => {
  test('separates key, queue and each negative', async () => {
    const [query, key] = [rows(4, 0), rows(4, 1)];
    const yPred = contrastiveSimilarities(query, key, { queue: rows(5, 2), negatives: [rows(4, 3), rows(4, 4)] });
    const values = yPred.arraySync() as number[][];
    const statistics = await summarizeSimilarities(yPred);
    expect(statistics.rows.map(({ kind }) => kind)).toEqual(['key', 'queue', 'negative_0', 'negative_1']);
    const columns = { key: [0, 1], queue: [1, 6], negative_0: [6, 7], negative_1: [7, 8] };
    for (const [kind, [start, end]] of Object.entries(columns))
      expectClose(
        statistics,
        kind,
        values.flatMap((row) => row.slice(start, end)),
      );
  });

  test('quantiles lie between the two nearest values, histograms are shares of equal bins', async () => {
    const columns = [0.9, -1, -0.5, 0, 0.5, 1];
    const statistics = await summarizeSimilarities(tf.tensor2d([columns]), { negatives: 0, bins: 4 });
    const queue = row(statistics, 'queue');
    expect([queue?.q05, queue?.q25, queue?.median, queue?.q75, queue?.q95].map((q) => q?.toFixed(6))).toEqual(
      [-0.9, -0.5, 0, 0.5, 0.9].map((q) => q.toFixed(6)),
    );
    expect(statistics.histograms.queue).toEqual([0.2, 0.2, 0.2, 0.4]);
    expect(statistics.histograms.key).toEqual([0, 0, 0, 1]);
  });

  test('of byol rows: predictions to their targets in both directions, and to the negatives', async () => {
    const made = byolModel({ keyNegatives: 1 }, 2);
    const output = made.model.apply(batches(made)) as tf.Tensor;
    const [forward, key, own, back, query, ownOfKey] = tf.split(output, 6, 1);
    const dots = (a: tf.Tensor, b: tf.Tensor) => Array.from(tf.sum(tf.mul(a, b), -1).dataSync());
    const statistics = await summarizeSimilarities(output);
    expect(statistics.rows.map(({ kind }) => kind)).toEqual(['key', 'negative_0', 'negative_1']);
    expectClose(statistics, 'key', [...dots(forward, key), ...dots(back, query)]);
    expectClose(statistics, 'negative_0', dots(forward, own));
    expectClose(statistics, 'negative_1', dots(back, ownOfKey));
  });

  test('leaves no tensor, and throws when it cannot know the number of negatives', async () => {
    const yPred = tf.tensor2d([[1, 0.5, 0.2]]);
    const before = tf.memory().numTensors;
    await summarizeSimilarities(yPred, { negatives: 1 });
    expect(tf.memory().numTensors).toBe(before);
    await expect(summarizeSimilarities(yPred)).rejects.toThrow(
      'Expected an integer of at least 0 for option negatives',
    );
    await expect(summarizeSimilarities(yPred, { negatives: 3 })).rejects.toThrow('received 3.');
    await expect(summarizeSimilarities(yPred, { negatives: 0, bins: 0 })).rejects.toThrow('option bins, received 0.');
    await expect(summarizeSimilarities(tf.zeros([3]))).rejects.toThrow('Expected similarities [N, 1 + K + M]');
  });
});

/** Five batches an epoch. */
function dataset(model: tfl.LayersModel, make: (step: number) => tf.Tensor[]): tfd.Dataset<tf.TensorContainer> {
  return tfd.array([0, 1, 2, 3, 4]).map((step) => ({
    xs: Object.fromEntries(make(step as number).map((x, i) => [model.inputNames[i], x])),
    ys: tf.zeros([4, 1]),
  })) as tfd.Dataset<tf.TensorContainer>;
}

describe('similarityStatistics', () => {
  test('records what the loss saw, every n steps', async () => {
    const made = contrastive(mlp(), { negatives: 2 });
    const seen: { [metric: string]: number }[] = [];
    const metrics = [keySimilarity, queueSimilarity, negativeSimilarity];
    const loss = nonSemanticInfoNCE();
    made.model.compile({
      optimizer: sgd({ learningRate: 0.1 }),
      loss: (yTrue: tf.Tensor, yPred: tf.Tensor) => {
        seen.push(Object.fromEntries(metrics.map((f) => [f.name, tf.tidy(() => f(yTrue, yPred).dataSync()[0])])));
        return loss(yTrue, yPred);
      },
    });
    const heard: number[] = [];
    const callback = similarityStatistics({ every: 3, onRecord: ({ step }) => heard.push(step) });
    const data = dataset(made.model, (step) => inputsOf(made, step));
    await made.model.fitDataset(data, { epochs: 2, callbacks: [callback] as never, verbose: 0 });
    expect(callback.records.map(({ step, epoch }) => [step, epoch])).toEqual([
      [3, 0],
      [6, 1],
      [9, 1],
    ]);
    expect(heard).toEqual([3, 6, 9]);
    for (const record of callback.records) {
      const metric = seen[record.step - 1];
      expect(row(record, 'key')?.mean).toBeCloseTo(metric.keySimilarity, 5);
      expect(row(record, 'queue')?.mean).toBeCloseTo(metric.queueSimilarity, 5);
      const own = ['negative_0', 'negative_1'].map((kind) => row(record, kind)?.mean ?? Number.NaN);
      expect((own[0] + own[1]) / 2).toBeCloseTo(metric.negativeSimilarity, 5);
    }
  });

  test('does not change the training, and leaves no tensor', async () => {
    const train = async (callbacks: tfl.Callback[]) => {
      const made = byolModel();
      made.model.setWeights(made.model.getWeights().map((w, i) => tf.tensor(waves(w.size, 0.5, i), w.shape)));
      made.model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: nonSemanticByol() });
      const data = dataset(made.model, (step) => batches(made, step));
      const fit = () => made.model.fitDataset(data, { epochs: 1, callbacks: callbacks as never, verbose: 0 });
      await fit();
      const before = tf.memory().numTensors;
      await fit();
      expect(tf.memory().numTensors).toBe(before);
      return made.model.getWeights().map(bytesOf);
    };
    const callback = similarityStatistics({ every: 1 });
    expect(await train([callback])).toEqual(await train([]));
    expect(callback.records).toHaveLength(10);
  });

  test.each<[string, object, string]>([
    ['no step at all', { every: 0 }, 'Expected an integer of at least 1 for option every, received 0.'],
    ['half a bin', { bins: 0.5 }, 'option bins, received 0.5.'],
    ['no function', { onRecord: 1 }, 'Expected a function for option onRecord, received 1.'],
    ['a misspelled option', { each: 1 }, 'for the options of similarityStatistics(), received "each".'],
  ])('error: %s', (_, args, message) => {
    expect(() => similarityStatistics(args as SimilarityStatisticsArgs)).toThrow(message);
  });
});

describe('measureSimilarities', () => {
  test('measures a trained model on a dataset, and changes none of its weights', async () => {
    const made = contrastive(mlp(), { negatives: 1 });
    const before = made.model.getWeights().map(bytesOf);
    const data = dataset(made.model, (step) => inputsOf(made, step));
    const statistics = await measureSimilarities(made.model, data);
    expect(made.model.getWeights().map(bytesOf)).toEqual(before);
    const outputs = [0, 1, 2, 3, 4].flatMap(
      (step) => (made.model.predict(inputsOf(made, step)) as tf.Tensor2D).arraySync() as number[][],
    );
    expectClose(
      statistics,
      'key',
      outputs.map(([key]) => key),
    );
    expectClose(
      statistics,
      'negative_0',
      outputs.map((columns) => columns[9]),
    );
    const tensors = tf.memory().numTensors;
    expect(row(await measureSimilarities(made.model, data, { batches: 2 }), 'queue')?.count).toBe(2 * 4 * 8);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('errors', async () => {
    const { model } = contrastive(mlp());
    const nothing = tfd.array([{ xs: {}, ys: 0 }]) as tfd.Dataset<tf.TensorContainer>;
    await expect(measureSimilarities(model, nothing)).rejects.toThrow('batches { xs, ys } with xs.query');
    await expect(measureSimilarities(mlp(), [] as never)).rejects.toThrow('Expected a tf.data.Dataset');
    await expect(measureSimilarities({} as never, nothing)).rejects.toThrow('Expected a tf.LayersModel');
    const encoder = tfl.sequential({ layers: [tfl.layers.dense({ units: 2, inputShape: [3] })] });
    await expect(measureSimilarities(encoder, nothing)).rejects.toThrow(
      'Expected a contrastive model for input model, received an object of class Sequential',
    );
  });
});
