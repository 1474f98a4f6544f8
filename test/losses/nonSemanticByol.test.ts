import * as tf from '@tensorflow/tfjs-core';
import { l2Normalize, type NonSemanticByolArgs, nonSemanticByol } from 'tfjs-nonsemantic-negatives';
import { leakOf, maxDifference, waves } from '../support/tensors';

const rowsOf = (batch: number, rows: number, dimensions = 3, phase = 0) =>
  l2Normalize(tf.tensor(waves(batch * rows * dimensions, 1, phase), [batch, rows, dimensions]));

/** The formula, number by number: `directions` says which rows are whose. */
function slowLoss(rows: tf.Tensor, alpha: number, directions: { key: number; from: number; negatives: number[] }[]) {
  const values = rows.arraySync() as number[][][];
  const dot = (a: number[], b: number[]) => a.reduce((sum, v, i) => sum + v * b[i], 0);
  const losses = values.map((row) =>
    directions.reduce((sum, { from, key, negatives }) => {
      const pushed = negatives.reduce((total, m) => total + 2 * dot(row[from], row[m]), 0);
      return sum + 2 - 2 * dot(row[from], row[key]) + alpha * pushed;
    }, 0),
  );
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

const number = (x: tf.Tensor) => x.dataSync()[0];

test.each<[string, number, NonSemanticByolArgs['negatives'], Parameters<typeof slowLoss>[2]]>([
  ['one direction alone', 2, undefined, [{ from: 0, key: 1, negatives: [] }]],
  ['one direction with a negative', 3, undefined, [{ from: 0, key: 1, negatives: [2] }]],
  ['one direction with two', 4, 2, [{ from: 0, key: 1, negatives: [2, 3] }]],
  [
    'two directions without',
    4,
    [0, 0],
    [
      { from: 0, key: 1, negatives: [] },
      { from: 2, key: 3, negatives: [] },
    ],
  ],
  [
    'two directions, negatives of both views',
    7,
    [2, 1],
    [
      { from: 0, key: 1, negatives: [2, 3] },
      { from: 4, key: 5, negatives: [6] },
    ],
  ],
])('%s', (_, count, negatives, directions) => {
  const rows = rowsOf(5, count);
  for (const alpha of [0, 1, 2.5]) {
    const loss = nonSemanticByol({ alpha, negatives })(null, rows);
    expect(loss.shape).toEqual([]);
    expect(number(loss)).toBeCloseTo(slowLoss(rows, alpha, directions), 5);
  }
});

test('without negatives it is the squared distance of unit rows', () => {
  const rows = rowsOf(4, 2);
  const [prediction, target] = tf.split(rows, 2, 1);
  const distance = tf.mean(tf.sum(tf.squaredDifference(prediction, target), -1));
  expect(number(nonSemanticByol()(null, rows))).toBeCloseTo(number(distance), 5);
});

test('the weight of negatives is 1 by default', () => {
  const rows = rowsOf(4, 3);
  expect(number(nonSemanticByol()(null, rows))).toBe(number(nonSemanticByol({ alpha: 1 })(null, rows)));
});

test('the gradient with respect to predictions is that of the formula', () => {
  const rows = rowsOf(4, 5);
  const gradient = tf.grad((x) => nonSemanticByol({ alpha: 0.5, negatives: [1, 0] })(null, x))(rows);
  const [, key, negative, , query] = tf.split(rows, 5, 1);
  const [first, , , second] = tf.split(gradient, 5, 1);
  expect(maxDifference(first, tf.div(tf.sub(negative, tf.mul(key, 2)), 4))).toBeLessThan(1e-6);
  expect(maxDifference(second, tf.mul(query, -0.5))).toBeLessThan(1e-6);
});

test('leaves its result and nothing else', () => {
  const rows = rowsOf(4, 5);
  const loss = nonSemanticByol({ negatives: [1, 0] });
  expect(leakOf(() => loss(null, rows).dispose())).toBe(0);
  expect(
    leakOf(() =>
      tf
        .grad((x) => loss(null, x))(rows)
        .dispose(),
    ),
  ).toBe(0);
});

describe('errors', () => {
  test.each<[string, object, string]>([
    ['a negative alpha', { alpha: -1 }, 'Expected a number of at least 0 for option alpha, received -1.'],
    ['a misspelled option', { temperature: 1 }, 'for the options of nonSemanticByol(), received "temperature".'],
    [
      'three directions',
      { negatives: [1, 1, 1] },
      'an integer or a pair of them for option negatives, received [1, 1, 1].',
    ],
    ['half a negative', { negatives: 0.5 }, 'Expected an integer of at least 0 for option negatives, received 0.5.'],
  ])('%s', (_, args, message) => {
    expect(() => nonSemanticByol(args as NonSemanticByolArgs)).toThrow(message);
  });

  test('rows that could be of one direction or of two', () => {
    expect(() => nonSemanticByol()(null, rowsOf(2, 4))).toThrow(
      'Expected an integer or a pair of them for option negatives, received undefined. These rows do not come from',
    );
  });

  test('a count that does not fit', () => {
    expect(() => nonSemanticByol({ negatives: [1, 1] })(null, rowsOf(2, 5))).toThrow(
      'Expected numbers that make 5 rows for option negatives, received [1, 1].',
    );
  });

  test('anything but rows', () => {
    for (const rows of [tf.zeros([2, 4]), tf.zeros([2, 1, 4]), tf.zeros([0, 2, 4])])
      expect(() => nonSemanticByol()(null, rows)).toThrow(
        'Expected rows [N, V, D] of at least a prediction and its target for the input of nonSemanticByol()',
      );
  });
});
