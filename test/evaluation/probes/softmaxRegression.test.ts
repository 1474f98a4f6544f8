import * as tf from '@tensorflow/tfjs-core';
import { randomStream } from 'tfjs-nonsemantic-negatives';
import {
  predictClasses,
  type SoftmaxRegressionArgs,
  softmaxRegression,
} from '../../../src/evaluation/probes/softmaxRegression';
import { permutation } from '../../../src/support/random';
import { dot, expectNoLeak, featuresOf, normalRows, type Rows, randomLabels } from '../support';

const rows = normalRows('softmax', 17, 4);
const labels = randomLabels('softmax', 17, 3);
const options: SoftmaxRegressionArgs = {
  classes: 3,
  learningRates: [0.1, 0.5],
  schedule: (epoch) => 1 / (epoch + 1),
  epochs: 3,
  batchSize: 5,
  momentum: 0.9,
  weightDecay: 0.01,
  seed: 4,
};

/** PyTorch's SGD on nn.Linear and cross-entropy, one classifier, in double precision. W is [D + 1, classes]. */
function slowTraining(initial: Rows, learningRate: number): Rows {
  const w = initial.map((row) => [...row]);
  const v = w.map((row) => row.map(() => 0));
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    const order = permutation(randomStream(options.seed, 'order', epoch), rows.length);
    while (order.length) {
      const batch = order.splice(0, options.batchSize);
      const gradient = w.map((row) => row.map((value) => options.weightDecay * value));
      for (const i of batch) {
        const x = [...rows[i], 1];
        const exponentials = [0, 1, 2].map((c) =>
          Math.exp(
            dot(
              x,
              w.map((row) => row[c]),
            ),
          ),
        );
        const total = exponentials.reduce((sum, e) => sum + e, 0);
        x.forEach((value, d) => {
          for (let c = 0; c < 3; c++) {
            const error = exponentials[c] / total - (labels[i] === c ? 1 : 0);
            gradient[d][c] += (value * error) / batch.length;
          }
        });
      }
      w.forEach((row, d) => {
        for (let c = 0; c < 3; c++) {
          v[d][c] = options.momentum * v[d][c] + gradient[d][c];
          row[c] -= learningRate * options.schedule(epoch) * v[d][c];
        }
      });
    }
  }
  return w;
}

const train = async (changes: Partial<SoftmaxRegressionArgs> = {}) => {
  const weights = await softmaxRegression(featuresOf(rows, labels), { ...options, ...changes });
  return weights.array();
};

test('starts every learning rate from the same normal weights of standard deviation .01 and bias 0', async () => {
  const initial = await train({ epochs: 0 });
  expect(initial.at(-1)).toEqual([0, 0, 0, 0, 0, 0]);
  for (const row of initial) expect(row.slice(0, 3)).toEqual(row.slice(3));
  const values = initial.slice(0, -1).flat();
  expect(Math.sqrt(dot(values, values) / values.length)).toBeGreaterThan(0.005);
  expect(Math.sqrt(dot(values, values) / values.length)).toBeLessThan(0.02);
});

test('agrees with plain loops for each learning rate', async () => {
  const initial = (await train({ epochs: 0 })).map((row) => row.slice(0, 3));
  const trained = await train();
  [0.1, 0.5].forEach((learningRate, rate) => {
    const expected = slowTraining(initial, learningRate);
    trained.forEach((row, d) => {
      row.slice(3 * rate, 3 * rate + 3).forEach((value, c) => {
        expect(value).toBeCloseTo(expected[d][c], 5);
      });
    });
  });
});

test('predicts the class of the largest logit, for each classifier', async () => {
  const data = featuresOf(rows, labels);
  const weights = await softmaxRegression(data, options);
  const w = await weights.array();
  const expected = [0, 3].map((first) =>
    rows.map((row) => {
      const logits = [0, 1, 2].map((c) =>
        dot(
          [...row, 1],
          w.map((values) => values[first + c]),
        ),
      );
      return logits.indexOf(Math.max(...logits));
    }),
  );
  expect(await predictClasses(data.features, weights, 3)).toEqual(expected);
});

test('gives no predictions for a classifier whose logits are not finite', async () => {
  const features = tf.tensor2d([[1], [2]]);
  const weights = tf.tensor2d([
    [1, 2, Number.NaN, 0, 3e38, 0],
    [0, 0, 0, 0, 0, 1],
  ]);
  expect(await predictClasses(features, weights, 2)).toEqual([[1, 1], undefined, undefined]);
});

test('leaks nothing', async () => {
  const data = featuresOf(rows, labels);
  await expectNoLeak(async () => (await softmaxRegression(data, options)).dispose());
});
