import * as tf from '@tensorflow/tfjs-core';
import {
  ArgumentError,
  type ContrastiveSimilaritiesArgs,
  contrastiveSimilarities,
  l2Normalize,
  nonSemanticInfoNCE,
} from 'tfjs-nonsemantic-negatives';
import { leakOf, maxDifference, waves } from '../support/tensors';

const rows = (count: number, phase: number, dimensions = 3) =>
  tf.tensor2d(waves(count * dimensions, 1, phase), [count, dimensions]);
const dot = (a: number[], b: number[]) => a.reduce((sum, v, i) => sum + v * b[i], 0);

test('columns are q·k, q·u for each row of the queue, and q·t for the row’s own negatives', () => {
  const [query, key, queue, one, two] = [rows(2, 0), rows(2, 1), rows(4, 2), rows(2, 3), rows(2, 4)];
  const result = contrastiveSimilarities(query, key, { queue, negatives: [one, two] });
  const expected = query.arraySync().map((q, i) => {
    const others = [key.arraySync()[i], ...queue.arraySync(), one.arraySync()[i], two.arraySync()[i]];
    return others.map((other) => dot(q, other));
  });
  expect(result.shape).toEqual([2, 7]);
  expect(maxDifference(result, expected.flat())).toBeLessThan(1e-6);
});

test.each([1, 2, 3, 6])(
  'without a queue, the other rows of a batch of %d are the negatives, in their order',
  (batch) => {
    const [query, key] = [rows(batch, 0), rows(batch, 1)];
    const keys = key.arraySync();
    const expected = query
      .arraySync()
      .map((q, i) => [keys[i], ...keys.filter((_, j) => j !== i)].map((other) => dot(q, other)));
    const result = contrastiveSimilarities(query, key);
    expect(result.shape).toEqual([batch, batch]);
    expect(maxDifference(result, expected.flat())).toBeLessThan(1e-6);
  },
);

test('of unit vectors are 1 for equal and 0 for orthogonal ones', () => {
  const eye = tf.eye(3) as tf.Tensor2D;
  expect(contrastiveSimilarities(eye, eye).arraySync()).toEqual([
    [1, 0, 0],
    [1, 0, 0],
    [1, 0, 0],
  ]);
});

describe('gradients', () => {
  const weights = waves(3 * 6);

  test.each([true, false])('to every input agree with central differences, with a queue: %s', (withQueue) => {
    const inputs = [rows(3, 0), rows(3, 1), rows(3, 2), ...(withQueue ? [rows(4, 3)] : [])];
    const score = (query: tf.Tensor, key: tf.Tensor, negative: tf.Tensor, queue?: tf.Tensor) => {
      const similarities = contrastiveSimilarities(query, key, { queue, negatives: [negative] });
      const [batch, columns] = similarities.shape;
      return tf.sum(tf.mul(similarities, tf.tensor2d(weights.slice(0, batch * columns), [batch, columns])));
    };
    const gradients = tf.grads(score as (...args: tf.Tensor[]) => tf.Tensor)(inputs);
    const step = 1e-2; // the score is bilinear, so only rounding limits the step
    inputs.forEach((input, i) => {
      const numeric = Array.from({ length: input.size }, (_, j) => {
        const at = (offset: number) => {
          const values = Array.from(input.dataSync());
          values[j] += offset;
          const moved = tf.tensor(values, input.shape);
          const args = inputs.map((x, k) => (k === i ? moved : x)) as Parameters<typeof score>;
          return tf.tidy(() => score(...args).dataSync()[0]);
        };
        return (at(step) - at(-step)) / (2 * step);
      });
      expect(maxDifference(gradients[i], numeric)).toBeLessThan(1e-3);
    });
  });
});

test('with l2Normalize and the loss make SimCLR, which the loss knows to have no non-semantic negatives', () => {
  const [query, key] = [l2Normalize(rows(4, 0)), l2Normalize(rows(4, 1))];
  const value = nonSemanticInfoNCE({ temperature: 0.5 })(null, contrastiveSimilarities(query, key)).dataSync()[0];
  const logits = query.arraySync().map((q) => key.arraySync().map((k) => dot(q, k) / 0.5));
  const losses = logits.map((row, i) => Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0)) - row[i]);
  expect(value).toBeCloseTo(losses.reduce((a, b) => a + b) / 4, 5);
});

test('leave nothing but the result, also after an error', () => {
  const [query, key, queue] = [rows(3, 0), rows(3, 1), rows(5, 2)];
  expect(leakOf(() => contrastiveSimilarities(query, key, { queue, negatives: [key] }).dispose())).toBe(0);
  expect(leakOf(() => contrastiveSimilarities(query, key).dispose())).toBe(0);
  expect(leakOf(() => expect(() => contrastiveSimilarities(query, queue)).toThrow(ArgumentError))).toBe(0);
});

describe('errors', () => {
  test.each<[string, () => [tf.Tensor, tf.Tensor, ContrastiveSimilaritiesArgs?], string]>([
    [
      'a query of rank 1',
      () => [tf.zeros([3]), rows(2, 0)],
      'Expected a tensor of shape [rows, D] for input query, received a float32 tensor of shape [3].',
    ],
    ['no query', () => [undefined as unknown as tf.Tensor, rows(2, 0)], 'for input query, received undefined.'],
    [
      'another number of keys',
      () => [rows(2, 0), rows(3, 0)],
      'Expected a tensor of shape [2, 3] for input key, received a float32 tensor of shape [3, 3].',
    ],
    [
      'a queue of other dimensions',
      () => [rows(2, 0), rows(2, 0), { queue: rows(5, 0, 4) }],
      'Expected a tensor of shape [rows, 3] for input queue, received a float32 tensor of shape [5, 4].',
    ],
    [
      'a negative too short',
      () => [rows(2, 0), rows(2, 0), { negatives: [rows(2, 0), rows(1, 0)] }],
      'Expected a tensor of shape [2, 3] for input negatives[1], received a float32 tensor of shape [1, 3].',
    ],
    [
      'a negative that is no list',
      () => [rows(2, 0), rows(2, 0), { negatives: rows(2, 0) as unknown as tf.Tensor[] }],
      'Expected a list of tensors [N, D] for option negatives, received a float32 tensor of shape [2, 3].',
    ],
    ['a misspelled option', () => [rows(2, 0), rows(2, 0), { keys: rows(2, 0) } as object], 'received "keys".'],
  ])('%s', (_, args, message) => {
    expect(() => contrastiveSimilarities(...args())).toThrow(ArgumentError);
    expect(() => contrastiveSimilarities(...args())).toThrow(message);
  });
});
